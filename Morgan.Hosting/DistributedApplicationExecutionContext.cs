namespace Aspire.Hosting;

/// <summary>What the AppHost was started for. The stand-in only runs applications; publishing needs the real packages.</summary>
public sealed class DistributedApplicationExecutionContext
{
    internal DistributedApplicationExecutionContext()
    {
    }

    /// <summary>Whether the application is run here.</summary>
    public bool IsRunMode { get; } = true;

    /// <summary>Whether a deployment is being made of the application.</summary>
    public bool IsPublishMode { get; }
}
