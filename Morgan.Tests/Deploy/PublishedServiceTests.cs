using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Morgan.LlmSimulator;

namespace Morgan.Tests.Deploy;

/// <summary>What the images hold does its work as a container runs it: another user than root, a file system that cannot be written.</summary>
public sealed class PublishedServiceTests(PublishedServices published) : IClassFixture<PublishedServices>
{
    private const string Key = "the-key-of-the-deployment";
    private const string AdminKey = "the-key-of-its-operator";
    private static readonly TimeSpan ExitDeadline = TimeSpan.FromSeconds(20);

    private static (string, string)[] Keys =>
    [
        ("Auth__Keys__0__Id", "gateway"), ("Auth__Keys__0__Key", Key),
        ("Auth__Keys__1__Id", "admin"), ("Auth__Keys__1__Key", AdminKey), ("Auth__Keys__1__Admin", "true"),
    ];

    [Fact]
    public async Task Embedding_AsAnotherUserWithNothingToWrite_Embeds()
    {
        var before = published.Files();
        await using var service = PublishedProcess.Start(published.Folder("Morgan.EmbeddingService"), [], Keys);
        using var http = await service.ListeningAsync(Key);
        await Eventually.TrueAsync(async () => (await StatusAsync(http, "/health")) == HttpStatusCode.OK, "/health is 200", TimeSpan.FromSeconds(60));
        using var answer = await http.PostAsJsonAsync("/v1/embeddings", new { input = "a cat on a mat" }, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotEqual("0", service.UserId());
        service.Terminate();
        Assert.Equal(0, await service.ExitAsync(ExitDeadline));
        Assert.Equal(before, published.Files());
    }

    [Fact]
    public async Task Gateway_BeforeAndAfterTheKeys_IsClosedAndWorks()
    {
        await using var host = await RunningApp.StartAsync(SimulatorApplication.Create, ["Simulator:Plan:TimeToFirstTokenMs=1", "Simulator:Plan:InterTokenMs=1"]);
        await using var service = PublishedProcess.Start(published.Folder("Morgan.LlmService"), [], [.. Keys, .. Host(host)]);
        using var http = await service.ListeningAsync();

        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/health"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(http, "/alive"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(http, "/v1/models"));
        http.DefaultRequestHeaders.Authorization = new("Bearer", Key);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(http, "/admin/hosts"));
        using var answer = await http.PostAsync("/v1/chat/completions", Chat(stream: false), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Gateway_WithoutKeys_DoesNotStart()
    {
        await using var service = PublishedProcess.Start(published.Folder("Morgan.LlmService"), []);

        Assert.Equal(1, await service.ExitAsync(ExitDeadline));
        Assert.Contains("Auth:Keys", service.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gateway_TerminatedInTheMiddleOfAStream_LetsItEnd()
    {
        await using var host = await RunningApp.StartAsync(SimulatorApplication.Create, ["Simulator:Plan:TimeToFirstTokenMs=1", "Simulator:Plan:InterTokenMs=50", "Simulator:Plan:Tokens=40"]);
        await using var service = PublishedProcess.Start(published.Folder("Morgan.LlmService"), [], [.. Keys, .. Host(host), ("Drain", "00:00:15")]);
        using var http = await service.ListeningAsync(Key);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = Chat(stream: true) };
        using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
        _ = await lines.ReadLineAsync(TestContext.Current.CancellationToken);

        var took = Stopwatch.StartNew();
        service.Terminate();
        var rest = await lines.ReadToEndAsync(TestContext.Current.CancellationToken);

        Assert.EndsWith("data: [DONE]", rest.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("\"error\"", rest, StringComparison.Ordinal);
        Assert.Equal(0, await service.ExitAsync(ExitDeadline));
        Assert.InRange(took.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(15)); // it does not wait for the drain when nothing is left
    }

    [Theory]
    [InlineData("Morgan.LlmService")]
    [InlineData("Morgan.EmbeddingService")]
    public async Task Service_WithoutUnicodeData_DoesNotStart(string project)
    {
        var folder = published.Folder(project);
        var configuration = JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(folder, project + ".runtimeconfig.json"), TestContext.Current.CancellationToken)).ToString();
        Assert.Contains("\"System.Globalization.Invariant\": false", configuration, StringComparison.Ordinal);
        var invariant = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.runtimeconfig.json");
        await File.WriteAllTextAsync(invariant, configuration.Replace("Invariant\": false", "Invariant\": true", StringComparison.Ordinal), TestContext.Current.CancellationToken);
        try
        {
            await using var service = PublishedProcess.Start(folder, ["--runtimeconfig", invariant], Keys);

            Assert.Equal(1, await service.ExitAsync(ExitDeadline));
            Assert.Contains("noble-chiseled-extra", Assert.Single(service.Said.Split('\n')), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(invariant);
        }
    }

    [Theory]
    [InlineData("Morgan.LlmService", "pkg:nuget/StackExchange.Redis@")]
    [InlineData("Morgan.EmbeddingService", "pkg:nuget/Microsoft.ML.OnnxRuntime@")]
    public async Task Service_IsPublishedWithTheListOfWhatItIsMadeOf(string project, string package)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(published.Folder(project), project + ".cdx.json"), TestContext.Current.CancellationToken);
        var list = JsonSerializer.Deserialize<JsonElement>(text);

        Assert.Equal(project, list.GetProperty("metadata").GetProperty("component").GetProperty("name").GetString());
        Assert.Contains(list.GetProperty("components").EnumerateArray(), component => component.GetProperty("bom-ref").GetString()!.StartsWith(package, StringComparison.Ordinal));
    }

    private static (string, string)[] Host(RunningApp host) =>
        [("Llm__Hosts__0__Name", "sim"), ("Llm__Hosts__0__Url", new Uri(host.Address, "/v1").ToString()), ("Llm__Hosts__0__Models__sim", SimulatorApplication.DefaultModel)];

    private static StringContent Chat(bool stream) => new(
        $$"""{"model": "sim", "stream": {{(stream ? "true" : "false")}}, "messages": [{"role": "user", "content": "Hello"}]}""",
        System.Text.Encoding.UTF8,
        "application/json");

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string path)
    {
        using var answer = await http.GetAsync(path, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
