using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Morgan.LlmSimulator;
using Morgan.LlmSimulator.Control;

namespace Morgan.Tests.LlmSimulator;

/// <summary>A simulated host that answers without delay, and short ways to talk to it.</summary>
internal sealed class Simulator(RunningApp app) : IAsyncDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public Uri Address => app.Address;

    public HttpClient Client => app.Client;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<Simulator> StartAsync(params string[] settings) => new(await RunningApp.StartAsync(
        SimulatorApplication.Create,
        ["Simulator:Plan:TimeToFirstTokenMs=0", "Simulator:Plan:InterTokenMs=0", .. settings]));

    /// <summary>A chat request's body; <paramref name="more"/> is put behind the message, for example <c>"n":2</c>.</summary>
    public static string Chat(string text = "Hello", bool stream = false, string? more = null) =>
        $$"""{"model":"morgan-sim","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":{{JsonSerializer.Serialize(text)}}}]{{(more is null ? "" : "," + more)}}}""";

    /// <summary>Takes up a plan; without times in it, it has none.</summary>
    public async Task PlanAsync(string fields)
    {
        using var content = new StringContent($$"""{"timeToFirstTokenMs":0,"interTokenMs":0,{{fields}}}""", Encoding.UTF8, "application/json");
        using var response = await Client.PutAsync("/simulator/plan", content, Cancel);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
    }

    public Task FaultAsync(string kind, string more = "\"rate\":1") => PlanAsync($$"""
        "faults":[{"kind":"{{kind}}",{{more}}}]
        """);

    public async Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    /// <summary>Posts and reads a JSON answer of status 200.</summary>
    public async Task<JsonElement> AskAsync(string path, string body)
    {
        using var response = await PostAsync(path, body);
        string text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement;
    }

    public Task<JsonElement> ChatAsync(string text = "Hello", string? more = null) => AskAsync("/v1/chat/completions", Chat(text, more: more));

    /// <summary>Posts and reads the data of all events.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync(string path, string body)
    {
        using var response = await PostAsync(path, body);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        string text = await response.Content.ReadAsStringAsync(Cancel);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => e[(e.IndexOf("data: ", StringComparison.Ordinal) + 6)..])];
    }

    public async Task<StatsSnapshot> StatsAsync() => (await Client.GetFromJsonAsync<StatsSnapshot>("/simulator/stats", Json, Cancel))!;

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
