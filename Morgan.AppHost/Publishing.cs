namespace Morgan.AppHost;

/// <summary>What only publishing needs; implemented where the real packages are.</summary>
internal static partial class Publishing
{
    /// <summary>Adds what a deployment needs besides the resources.</summary>
    public static void Configure(IDistributedApplicationBuilder builder) => Prepare(builder);

    static partial void Prepare(IDistributedApplicationBuilder builder);
}
