namespace Morgan.EmbeddingService.HuggingFace;

/// <summary>Where the hub is and where its files go, by the variables that Hugging Face's own tools read.</summary>
/// <param name="Endpoint">HF_ENDPOINT [https://huggingface.co].</param>
/// <param name="CacheFolder">HF_HUB_CACHE, else HF_HOME/hub, else ~/.cache/huggingface/hub.</param>
/// <param name="Token">HF_TOKEN, else the file token in HF_HOME, else none.</param>
/// <param name="IsOffline">HF_HUB_OFFLINE: only what the cache holds.</param>
internal sealed record HubSettings(Uri Endpoint, string CacheFolder, string? Token, bool IsOffline)
{
    /// <summary>Reads the variables.</summary>
    /// <exception cref="ServiceDefaults.Configuration.ConfigurationException">HF_ENDPOINT is no address.</exception>
    public static HubSettings Read(IConfiguration configuration)
    {
        var home = Value(configuration, "HF_HOME")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "huggingface");
        var endpoint = Value(configuration, "HF_ENDPOINT") ?? "https://huggingface.co";
        if (!Uri.TryCreate($"{endpoint.TrimEnd('/')}/", UriKind.Absolute, out var address) || address is not { Scheme: "http" or "https", UserInfo: "", Query: "" })
        {
            throw new ServiceDefaults.Configuration.ConfigurationException(
                "HF_ENDPOINT: must be an http(s) address without user name and query; a token goes into HF_TOKEN");
        }

        var tokenFile = Path.Combine(home, "token");
        return new HubSettings(
            address,
            Value(configuration, "HF_HUB_CACHE") ?? Path.Combine(home, "hub"),
            Value(configuration, "HF_TOKEN") ?? (File.Exists(tokenFile) ? File.ReadAllText(tokenFile).Trim() : null),
            Value(configuration, "HF_HUB_OFFLINE")?.ToUpperInvariant() is "1" or "TRUE" or "YES" or "ON");
    }

    /// <summary>Without the token.</summary>
    public override string ToString() => $"{Endpoint} {CacheFolder}";

    private static string? Value(IConfiguration configuration, string key) => configuration[key] is { Length: > 0 } value ? value : null;
}
