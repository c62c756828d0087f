import Experiments
import Foundation
import Testing

@Suite struct SlurmTests {
    private var submission: SlurmSubmission {
        SlurmSubmission(name: "study", tasks: 25, command: ["/opt/a vips", "study.lua", "it's", "run"], workingDirectory: "/home/me", outputDirectory: "/home/me/study/slurm")
    }

    @Test func timesAreReadAsSlurmWritesThem() {
        #expect(SlurmSubmission.seconds("90") == 5400)
        #expect(SlurmSubmission.seconds("1:30") == 90)
        #expect(SlurmSubmission.seconds("2:00:00") == 7200)
        #expect(SlurmSubmission.seconds("1-12") == 129_600)
        #expect(SlurmSubmission.seconds("1-00:30:05") == 88_205)
        for text in ["", "x", "1:2:3:4", "-", "1--2", "-5", "9223372036854775807", "200000000000000-00", "1-9223372036854775807"] { #expect(SlurmSubmission.seconds(text) == nil) }
    }

    @Test func arraysAreSplitBelowTheGreatestSize() {
        // Indices from 1 on end below MaxArraySize.
        #expect(submission.parts(greatestArray: 10).map(\.tasks) == [9, 8, 8])
        #expect(submission.parts(greatestArray: 26).map(\.tasks) == [25])
        #expect(submission.parts(greatestArray: 1001) == [.init(tasks: 25)])
    }

    @Test func arraysTogetherKeepTheThrottle() {
        var submission = submission
        submission.throttle = 8
        #expect(submission.parts(greatestArray: 10) == [.init(tasks: 9, throttle: 3), .init(tasks: 8, throttle: 3), .init(tasks: 8, throttle: 2)])
        submission.throttle = 2
        let parts = submission.parts(greatestArray: 10)
        #expect(parts == [.init(tasks: 9, throttle: 1), .init(tasks: 8, throttle: 1), .init(tasks: 8, throttle: 1, predecessor: 0)])
        submission.after = "55"
        #expect(submission.submission(of: parts[1], predecessor: nil).script.contains("#SBATCH --array=1-8%1\n"))
        #expect(submission.submission(of: parts[2], predecessor: "71").script.contains("#SBATCH --dependency=afterany:55,afterany:71\n"))
    }

    @Test func warningsComeInTime() {
        var submission = submission
        #expect(submission.warningSeconds == 120)
        submission.time = "1:00:00"
        #expect(submission.warningSeconds == 300)
        submission.time = "5"
        #expect(submission.warningSeconds == 30)
        submission.warning = 77
        #expect(submission.warningSeconds == 77)
    }

    @Test func wordsAreQuotedForTheShell() throws {
        var submission = submission
        submission.tasks = 3
        let script = submission.script
        #expect(script.contains("'/opt/a vips' study.lua 'it'\\''s' run & child=$!"))
        #expect(script.contains("#SBATCH --array=1-3\n"))
        // A shell finds nothing to complain about.
        let check = Process()
        check.executableURL = URL(fileURLWithPath: "/bin/bash")
        check.arguments = ["-n", "-c", script]
        try check.run()
        check.waitUntilExit()
        #expect(check.terminationStatus == 0)
    }

    @Test func directoriesAreWrittenAsSbatchReadsThem() {
        var submission = submission
        #expect(submission.script.contains("#SBATCH --output=/home/me/study/slurm/%A_%a.txt\n"))
        submission.outputDirectory = "/home/me/50 % of \"it\"/slurm"
        #expect(submission.script.contains("#SBATCH --output=\"/home/me/50 %% of \\\"it\\\"/slurm/%A_%a.txt\"\n"))
        submission.options = [("account", "a b")]
        #expect(submission.script.contains("#SBATCH --account=\"a b\"\n"))
    }

    @Test func theQueueIsReadWithTasksAndWithoutThem() {
        let entries = SlurmQueue.parse("17|4|RUNNING|None|21\n17|5|PENDING|JobArrayTaskLimit|17\n18|N/A|COMPLETED|None|18\nnonsense\n")
        #expect(entries.map(\.job) == ["17_4", "17_5", "18"])
        let job = SubmittedJob(job: "17", tasks: 2, submitted: 1000)
        #expect(job.text(entries, now: 2000) == "job 17, 2 tasks: 1 running, 1 pending (JobArrayTaskLimit)")
        #expect(job.mayBeAlive(entries, now: 2000))
        let ended = SubmittedJob(job: "18", tasks: 1, submitted: 1000)
        #expect(!ended.mayBeAlive(entries, now: 2000))
        let late = SubmittedJob(job: "19", tasks: 1, submitted: 1990)
        #expect(late.text(entries, now: 2000) == "job 19, 1 task: submitted, not in the queue yet")
        #expect(late.mayBeAlive(entries, now: 2000))
        #expect(late.text(entries, now: 5000) == "job 19, 1 task: ended")
        #expect(late.text(nil, now: 5000) == "job 19, 1 task: the queue does not answer")
    }

    @Test func commandsAreReadToTheirEndOrKilled() {
        let command = Command(["sh", "-c", "echo out; echo err >&2; exit 3"])
        #expect(command.status == 3)
        #expect(command.output == "out\nerr\n")
        #expect(Command(["no-such-program-here"]).status == nil)
        let clock = ContinuousClock(), start = clock.now
        #expect(Command(["sleep", "60"], seconds: 0.2).status == nil)
        #expect(clock.now - start < .seconds(30))
    }
}
