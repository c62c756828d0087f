import Console

Program.main(CommandLine.arguments)
