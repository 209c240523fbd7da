using Aspire.Hosting.ApplicationModel;

namespace Morgan.Hosting.Running;

/// <summary>A connection string that the AppHost was given.</summary>
internal sealed class ConfiguredConnectionString(string name, ParameterResource value) : Resource(name), IResourceWithConnectionString
{
    public ReferenceExpression ConnectionStringExpression { get; } = ReferenceExpression.Create($"{value}");

    /// <summary>The connection string itself, which is a secret as a whole.</summary>
    public ParameterResource Value => value;
}
