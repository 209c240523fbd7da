using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Morgan.Hosting.Running;
using Morgan.Tests.LlmService.Gateway;

namespace Morgan.Tests.Hosting;

/// <summary>What <c>AddMorgan</c> tells the two services, and those that refer to it.</summary>
public sealed class MorganResourceTests
{
    private const string Key = "a-key-that-was-configured";
    private const string AdminKey = "an-admin-key-that-was-configured";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hosts_BecomeTheGatewaysDefaultHosts()
    {
        var builder = Builder("--Parameters:openai-key=key-of-the-host");
        var morgan = builder.AddMorgan("morgan")
            .WithHost("gpu1", "http://gpu1:11434/v1", MorganHostKind.Ollama)
            .WithHost("openai", "https://api.openai.com/v1", apiKey: builder.AddParameter("openai-key", secret: true), priority: 1);
        var other = builder.AddMorgan("other");
        Allocate(other.Resource.Gateway, 4711);
        morgan.WithHost("other", new EndpointReference(other.Resource.Gateway, "http"));

        var gateway = await EnvironmentAsync(morgan.Resource.Gateway);

        Assert.Equal("gpu1,http://gpu1:11434/v1,ollama,0", Host(gateway, 0));
        Assert.Equal("openai,https://api.openai.com/v1,openai,1", Host(gateway, 1));
        Assert.Equal("other,http://localhost:4711/v1,openai,0", Host(gateway, 2));
        Assert.Equal("key-of-the-host", gateway["Llm__DefaultHosts__1__ApiKey"]);
        Assert.DoesNotContain("Llm__DefaultHosts__0__ApiKey", gateway.Keys);
    }

    [Fact]
    public async Task ConnectionString_HasAddressKeyAndModel()
    {
        var builder = Builder("--Parameters:mine=a-key-of-my-own-making");
        var morgan = builder.AddMorgan("morgan");
        Allocate(morgan.Resource.Gateway, 4711);

        Assert.Equal($"Endpoint=http://localhost:4711/v1;Key={Key}", await ConnectionStringAsync());
        morgan.WithModel("llama3.2:latest").WithKey(builder.AddParameter("mine", secret: true));

        Assert.Equal("Endpoint=http://localhost:4711/v1;Key=a-key-of-my-own-making;Model=llama3.2:latest", await ConnectionStringAsync());
        Assert.Equal("a-key-of-my-own-making", (await EnvironmentAsync(morgan.Resource.Gateway))["Auth__Keys__client__Key"]);

        ValueTask<string?> ConnectionStringAsync() => ((IResourceWithConnectionString)morgan.Resource).GetConnectionStringAsync(Cancelled);
    }

    [Fact]
    public async Task Services_AreClosedAndKnowEachOther()
    {
        var morgan = Builder().AddMorgan("morgan", port: 5085);
        Allocate(morgan.Resource.Embedding, 4712);

        var (gateway, embedding) = (await EnvironmentAsync(morgan.Resource.Gateway), await EnvironmentAsync(morgan.Resource.Embedding));

        Assert.Equal(("http://localhost:4712", AdminKey), (gateway["Llm__Embedding__Url"], gateway["Llm__Embedding__Key"]));
        Assert.Equal((Key, "false"), (gateway["Auth__Keys__client__Key"], gateway["Auth__Keys__client__Admin"]));
        Assert.Equal((AdminKey, "true"), (gateway["Auth__Keys__admin__Key"], gateway["Auth__Keys__admin__Admin"]));
        Assert.Equal((AdminKey, "true"), (embedding["Auth__Keys__admin__Key"], embedding["Auth__Keys__admin__Admin"]));
        Assert.Equal(5085, Port(morgan.Resource.Gateway));
        Assert.Null(Port(morgan.Resource.Embedding));

        static int? Port(ProjectResource service) => service.Annotations.OfType<EndpointAnnotation>().Single().Port;
    }

    [Fact]
    public async Task CacheAndConfigFile_AreGivenToBothServices()
    {
        var builder = Builder("--ConnectionStrings:redis=localhost:6379");
        var morgan = builder.AddMorgan("morgan").WithCache(builder.AddConnectionString("redis")).WithConfigFile("morgan.json");

        foreach (var service in (ProjectResource[])[morgan.Resource.Gateway, morgan.Resource.Embedding])
        {
            var environment = await EnvironmentAsync(service);
            Assert.Equal("localhost:6379", environment["ConnectionStrings__cache"]);
            Assert.Equal(Path.Combine(builder.AppHostDirectory, "morgan.json"), environment["Morgan__ConfigFile"]);
            Assert.Contains(service.Annotations.OfType<WaitAnnotation>(), wait => wait.Resource.Name == "redis");
        }
    }

    [Theory]
    [InlineData(Key, 200)]
    [InlineData("the-key-of-a-config-file", 200)]
    [InlineData("a-key-that-nobody-knows", 401)]
    public async Task Keys_ByName_StandBesideThoseOfAConfigFile(string key, int expected)
    {
        await using var gateway = await RunningGateway.StartAsync(
            [], "--Auth:Keys:0:Id=file", "--Auth:Keys:0:Key=the-key-of-a-config-file", "--Auth:Keys:client:Id=client", $"--Auth:Keys:client:Key={Key}");
        gateway.Client.DefaultRequestHeaders.Authorization = new("Bearer", key);

        using var response = await gateway.Client.GetAsync(new Uri("/v1/models", UriKind.Relative), Cancelled);

        Assert.Equal(expected, (int)response.StatusCode);
    }

    private static DistributedApplicationBuilder Builder(params string[] args) => new(
        new DistributedApplicationOptions { Args = [$"--Parameters:morgan-key={Key}", $"--Parameters:morgan-admin-key={AdminKey}", .. args] },
        new(), typeof(Projects.Morgan_Samples_AppHost).Assembly);

    private static void Allocate(ProjectResource service, int port) =>
        service.Annotations.OfType<EndpointAnnotation>().Single().Allocated.SetResult(port);

    private static string Host(Dictionary<string, string?> gateway, int index) =>
        string.Join(',', ((string[])["Name", "Url", "Kind", "Priority"]).Select(part => gateway[$"Llm__DefaultHosts__{index}__{part}"]));

    private static async Task<Dictionary<string, string?>> EnvironmentAsync(ProjectResource service)
    {
        var variables = new Dictionary<string, string?>();
        foreach (var variable in service.Annotations.OfType<EnvironmentAnnotation>())
        {
            // an address that is not known yet is not asked for here
            using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
            try
            {
                variables[variable.Name] = variable.Value is IValueProvider value ? await value.GetValueAsync(deadline.Token) : (string)variable.Value;
            }
            catch (OperationCanceledException)
            {
                variables[variable.Name] = null;
            }
        }

        return variables;
    }
}
