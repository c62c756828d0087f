import Console
consoleMain(Array(CommandLine.arguments.dropFirst()))
