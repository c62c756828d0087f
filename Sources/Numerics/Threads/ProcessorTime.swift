import Glibc

/// Processor time, which other programs do not change.
public enum ProcessorTime {
    /// What this process has used, all its threads together, in the program and in the kernel, in seconds.
    public static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
