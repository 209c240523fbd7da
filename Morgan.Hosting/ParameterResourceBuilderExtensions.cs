using System.Security.Cryptography;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Morgan.Hosting.Running;

namespace Aspire.Hosting;

/// <summary>Adds values that come from outside or are generated.</summary>
public static class ParameterResourceBuilderExtensions
{
    private const string Lower = "abcdefghijkmnpqrstuvwxyz";
    private const string Upper = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    private const string Digits = "23456789";
    private const string Special = "-_.{}~()*+!";

    /// <summary>Makes a password of 22 characters: <c>Parameters:name</c> if it is configured, else a random one for this run.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="lower">Whether to use lower-case letters.</param>
    /// <param name="upper">Whether to use upper-case letters.</param>
    /// <param name="numeric">Whether to use digits.</param>
    /// <param name="special">Whether to use other characters.</param>
    public static ParameterResource CreateDefaultPasswordParameter(
        IDistributedApplicationBuilder builder, string name, bool lower = true, bool upper = true, bool numeric = true, bool special = true)
    {
        var alphabet = (lower ? Lower : "") + (upper ? Upper : "") + (numeric ? Digits : "") + (special ? Special : "");
        var password = builder.Configuration[$"Parameters:{name}"] ?? RandomNumberGenerator.GetString(alphabet, 22);
        return new ParameterResource(name, () => password, secret: true);
    }

    /// <summary>Adds a value that the AppHost's configuration has: <c>Parameters:name</c>.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the parameter.</param>
    /// <param name="secret">Whether the value must not be shown.</param>
    public static IResourceBuilder<ParameterResource> AddParameter(this IDistributedApplicationBuilder builder, string name, bool secret = false) =>
        builder.AddResource(new ParameterResource(
            name, () => builder.Configuration[$"Parameters:{name}"] ?? throw new DistributedApplicationException($"Parameters:{name} is not set."), secret));

    /// <summary>Refers to a connection string of the AppHost's own configuration.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name: <c>ConnectionStrings:name</c>.</param>
    /// <param name="environmentVariableName">Must be left out: the variable is <c>ConnectionStrings__name</c>.</param>
    public static IResourceBuilder<IResourceWithConnectionString> AddConnectionString(
        this IDistributedApplicationBuilder builder, string name, string? environmentVariableName = null)
    {
        if (environmentVariableName is not null)
        {
            throw new DistributedApplicationException("Without the Aspire packages a connection string's variable has no name of its own.");
        }

        return builder.AddResource(new ConfiguredConnectionString(name, new ParameterResource(
            name,
            () => builder.Configuration.GetConnectionString(name) ?? throw new DistributedApplicationException($"ConnectionStrings:{name} is not set."),
            secret: true)));
    }
}
