using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;

namespace Morgan.ServiceDefaults.Configuration;

/// <summary>The JSON file named by <c>Morgan:ConfigFile</c>: optional, watched, and never replaced by a version that is not JSON.</summary>
internal sealed class ConfigFileSource : JsonConfigurationSource
{
    public override IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        EnsureDefaults(builder);
        return new ConfigFileProvider(this);
    }
}
