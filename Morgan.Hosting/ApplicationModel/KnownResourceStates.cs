namespace Aspire.Hosting.ApplicationModel;

/// <summary>The states that a resource goes through.</summary>
public static class KnownResourceStates
{
    /// <summary>Nobody has asked for a start yet.</summary>
    public static readonly string NotStarted = "NotStarted";

    /// <summary>Another resource has to be healthy first.</summary>
    public static readonly string Waiting = "Waiting";

    /// <summary>The start is under way.</summary>
    public static readonly string Starting = "Starting";

    /// <summary>The process or container runs; its health is told apart from this.</summary>
    public static readonly string Running = "Running";

    /// <summary>A stop is under way.</summary>
    public static readonly string Stopping = "Stopping";

    /// <summary>It ended with exit code 0, or because it was asked to.</summary>
    public static readonly string Finished = "Finished";

    /// <summary>It ended by itself with another exit code.</summary>
    public static readonly string Exited = "Exited";

    /// <summary>It could not be started.</summary>
    public static readonly string FailedToStart = "FailedToStart";

    /// <summary>The states from which nothing follows unless somebody starts the resource again.</summary>
    public static readonly IReadOnlyList<string> TerminalStates = [Finished, FailedToStart, Exited];
}
