namespace Morgan.Tests.Chaos.Soak;

/// <summary>What a process holds at a moment.</summary>
/// <param name="At">Since the load began.</param>
/// <param name="Process">Whose.</param>
/// <param name="ResidentBytes">Memory in RAM.</param>
/// <param name="Handles">Open file descriptors, sockets included.</param>
/// <param name="Sockets">Of these.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Queued">Requests at work and waiting, where the process tells.</param>
internal sealed record Sample(TimeSpan At, string Process, long ResidentBytes, int Handles, int Sockets, int Threads, long Queued)
{
    /// <summary>Reads it from /proc.</summary>
    public static Sample Of(TimeSpan at, string process, int id, long queued)
    {
        var status = File.ReadLines($"/proc/{id}/status").Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim());
        var handles = new DirectoryInfo($"/proc/{id}/fd").GetFiles();
        return new Sample(
            at, process, 1024 * long.Parse(status["VmRSS"].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture), handles.Length,
            handles.Count(handle => handle.LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true),
            int.Parse(status["Threads"], System.Globalization.CultureInfo.InvariantCulture), queued);
    }
}
