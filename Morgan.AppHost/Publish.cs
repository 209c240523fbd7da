namespace Morgan.AppHost;

/// <content>Compiled only with the real packages, which alone can publish.</content>
internal static partial class Publishing
{
    static partial void Prepare(IDistributedApplicationBuilder builder)
    {
        if (builder.ExecutionContext.IsPublishMode && builder.Configuration["Morgan:Deploy"] is { Length: > 0 } target)
        {
            throw new DistributedApplicationException($"Morgan:Deploy is \"{target}\", but only the manifest can be published: leave the key out.");
        }
    }
}
