public enum Program { public static func main(arguments: [String]) -> Never { fatalError() } }
