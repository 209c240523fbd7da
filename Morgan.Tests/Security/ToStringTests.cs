using System.Reflection;
using System.Runtime.CompilerServices;
using Morgan.EmbeddingService;
using Morgan.LlmService;
using Morgan.ServiceDefaults.Auth;
using Morgan.Upstreams.Configuration;

namespace Morgan.Tests.Security;

/// <summary>Records print all that they hold; one that holds a secret ends in some log sooner or later.</summary>
public sealed class ToStringTests
{
    private const string Secret = "canary-in-a-field";

    private static readonly string[] Words = ["key", "token", "secret", "password", "credential", "header", "authorization"];

    // A key of the configuration, and the id of an API key, which is its name.
    private static readonly string[] Names = ["Caller.KeyId", "CallerLimits.Key", "ModelFolder.Key"];

    [Fact]
    public void EveryType_WithAFieldForASecret_DoesNotPrintIt()
    {
        var looked = 0;
        var talkers = new List<string>();
        Assembly[] assemblies = [typeof(Caller).Assembly, typeof(HostOptions).Assembly, typeof(LlmApplication).Assembly, typeof(EmbeddingApplication).Assembly];
        foreach (var type in assemblies.SelectMany(assembly => assembly.GetTypes()).Where(type => type is { IsAbstract: false, ContainsGenericParameters: false, IsByRefLike: false }))
        {
            FieldInfo[] fields =
            [
                .. type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
                    .Where(field => field.FieldType == typeof(string) && Words.Any(word => field.Name.Contains(word, StringComparison.OrdinalIgnoreCase))
                        && !Names.Contains($"{type.Name}.{field.Name.Split('<', '>').ElementAtOrDefault(1)}")),
            ];
            if (fields.Length == 0 || typeof(Delegate).IsAssignableFrom(type))
            {
                continue;
            }

            looked++;
            var instance = RuntimeHelpers.GetUninitializedObject(type);
            Array.ForEach(fields, field => field.SetValue(instance, Secret));
            if (Print(instance).Contains(Secret, StringComparison.Ordinal))
            {
                talkers.Add($"{type.FullName}: {string.Join(", ", fields.Select(field => field.Name))}");
            }
        }

        Assert.True(looked > 5, "there are such types");
        Assert.Empty(talkers);
    }

    // An instance that was never constructed may be unable to print itself; then it prints nothing.
    private static string Print(object instance)
    {
        try
        {
            return instance.ToString() ?? "";
        }
        catch (Exception e) when (e is NullReferenceException or ArgumentException)
        {
            return "";
        }
    }
}
