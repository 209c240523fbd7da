using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;
using Morgan.LlmService.Admission;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.Tests.ServiceDefaults;

/// <summary>The file named by <c>Morgan:ConfigFile</c> as configuration: what the framework's provider says, in less time.</summary>
public sealed class ConfigFileTests : IDisposable
{
    private static readonly string[] Names = ["a", "b:c", "b", "", "0", "1", "10", "2", "x y"];

    private static readonly Gen<string> Name = Gen.Int[0, Names.Length - 1].Select(i => Names[i]);

    private static readonly Gen<JsonNode?> Value = Gen.Recursive<JsonNode?>((depth, inner) => depth > 3
        ? Gen.Const((JsonNode?)"leaf")
        : Gen.OneOf(
            Gen.Const((JsonNode?)null),
            Gen.Int[0, 9].Select(number => (JsonNode?)number),
            inner.Array[0, 12].Select(items => (JsonNode?)new JsonArray(items)),
            Gen.Select(Name, inner).Array[0, 5].Select(pairs => (JsonNode?)Object(pairs))));

    private readonly string _folder = Directory.CreateTempSubdirectory("morgan-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AnyFile_ReadsAsTheFrameworkReadsIt() => Gen.Select(Name, Value).Array[0, 5].Sample(
        pairs =>
        {
            Write(Object(pairs).ToJsonString());
            if (Read(new JsonConfigurationSource()) is not { } expected)
            {
                return; // two keys that are one: "b:c", and "c" in "b"
            }

            var found = Read(new ConfigFileSource())!;
            Assert.Equal(expected.AsEnumerable(), found.AsEnumerable());
        },
        iter: 300, threads: 1);

    [Fact]
    public void FileThatIsGone_HasNothing()
    {
        Write("""{ "A": { "B": "1" } }""");
        var configuration = Read(new ConfigFileSource())!;
        Assert.Equal("1", configuration["A:B"]);

        File.Delete(Path.Combine(_folder, "morgan.json"));
        configuration.Reload();
        Assert.Empty(configuration.GetChildren());

        configuration["C:D"] = "2";
        Assert.Equal(["C"], configuration.GetChildren().Select(child => child.Key));
    }

    // With the framework's provider these take minutes: it looks at all keys for each key that it is asked for.
    [Fact]
    public async Task ManyTenants_AreReadInSeconds()
    {
        const int Tenants = 20_000;
        Write(JsonSerializer.Serialize(new { Tenants = Enumerable.Range(0, Tenants).ToDictionary(i => $"t{i}", i => new { RequestsPerMinute = i + 1, TokensPerMinute = 7 }) }));

        var options = await Task.Run(() => Read(new ConfigFileSource())!.GetSection("Tenants").Get<TenantsOptions>(), TestContext.Current.CancellationToken)
            .WaitAsync(TimeSpan.FromSeconds(45), TestContext.Current.CancellationToken);

        Assert.Equal((Tenants, 17), (options!.Count, options["t16"].RequestsPerMinute));
    }

    private static JsonObject Object((string Name, JsonNode? Value)[] pairs)
    {
        var made = new JsonObject();
        foreach (var (name, value) in pairs)
        {
            made[name] = value?.DeepClone();
        }

        return made;
    }

    private IConfigurationRoot? Read(JsonConfigurationSource source)
    {
        (source.FileProvider, source.Path, source.Optional) = (new PhysicalFileProvider(_folder), "morgan.json", true);
        try
        {
            return new ConfigurationBuilder().Add(source).Build();
        }
        catch (Exception e) when (e is InvalidDataException or ConfigurationException)
        {
            return null;
        }
    }

    private void Write(string json) => File.WriteAllText(Path.Combine(_folder, "morgan.json"), json);
}
