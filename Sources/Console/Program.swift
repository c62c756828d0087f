public enum Program { public static func main(arguments: [String]) -> Never { exit(0) } }
import Glibc
