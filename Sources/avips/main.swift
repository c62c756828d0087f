import Console

Program.main(arguments: Array(CommandLine.arguments.dropFirst()))
