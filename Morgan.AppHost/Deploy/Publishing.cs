namespace Morgan.AppHost.Deploy;

/// <summary>What only publishing needs; implemented where the real packages are (Publish/).</summary>
internal static partial class Publishing
{
    /// <summary>Adds what a deployment needs besides the resources: keys, settings, probes, scale, and where it goes.</summary>
    /// <param name="llm">The gateway.</param>
    /// <param name="embedding">The embedding service.</param>
    /// <param name="settings">The AppHost's configuration.</param>
    public static void Configure(IResourceBuilder<ProjectResource> llm, IResourceBuilder<ProjectResource> embedding, MorganSettings settings)
    {
        if (llm.ApplicationBuilder.ExecutionContext.IsPublishMode)
        {
            Prepare(llm, embedding, settings);
        }
    }

    static partial void Prepare(IResourceBuilder<ProjectResource> llm, IResourceBuilder<ProjectResource> embedding, MorganSettings settings);
}
