namespace Morgan.ServiceDefaults.Configuration;

/// <summary>
/// A configuration value is missing or wrong. The message names the key and what is valid, and is shown as it is
/// to whoever starts the service: it holds no secret.
/// </summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Makes one from the problems found, each of which names its key.</summary>
    /// <param name="problems">At least one problem, for example <c>Llm:Hosts:0:Url: 'foo' is no http(s) URL</c>.</param>
    public ConfigurationException(params IReadOnlyList<string> problems)
        : base(string.Join("; ", problems))
    {
    }

    /// <summary>Makes one from a single problem and the failure that told of it.</summary>
    public ConfigurationException(string problem, Exception inner)
        : base(problem, inner)
    {
    }
}
