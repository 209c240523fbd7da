using Morgan.Upstreams.Configuration;

namespace Morgan.LlmService.Dispatch;

/// <summary>Where an operation is at a host, by the host's kind.</summary>
internal static class HostPath
{
    /// <summary>
    /// OpenAI and Ollama: <c>{url}/chat/completions</c>. Azure: <c>{url}/openai/deployments/{deployment}/chat/completions?api-version=…</c>,
    /// but responses have no deployment in the path.
    /// </summary>
    public static Uri Of(Host host, Operation operation, string? model)
    {
        if (host.Options.Kind != HostKinds.Azure)
        {
            return host.UriFor(operation.Path);
        }

        var api = host.Address.AbsolutePath.EndsWith("/openai", StringComparison.Ordinal) ? "" : "openai/";
        return host.UriFor(operation == Operation.Responses || model is null
            ? $"{api}{operation.Path}?api-version={host.Options.ApiVersion}"
            : $"{api}deployments/{Uri.EscapeDataString(model)}/{operation.Path}?api-version={host.Options.ApiVersion}");
    }
}
