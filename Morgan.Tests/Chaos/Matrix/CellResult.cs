namespace Morgan.Tests.Chaos.Matrix;

/// <summary>What a cell came to.</summary>
/// <param name="Cell">Which.</param>
/// <param name="Flaws">What was wrong; empty: the contract was kept.</param>
/// <param name="Status">Of the answer in which the fault was met.</param>
/// <param name="Ended">How the answer ended on the wire.</param>
/// <param name="Code">Of its error, if it was one.</param>
/// <param name="Milliseconds">It took.</param>
/// <param name="HostRequests">Hosts were asked for it.</param>
/// <param name="CancelMilliseconds">From the client's leaving to the host's knowing; null where none left.</param>
/// <param name="Detail">The answer's last bytes, where something was wrong.</param>
internal sealed record CellResult(
    Cell Cell, IReadOnlyList<Flaw> Flaws, int Status, string Ended, string? Code, double Milliseconds, long HostRequests,
    double? CancelMilliseconds, string? Detail);
