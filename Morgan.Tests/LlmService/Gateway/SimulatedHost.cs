using System.Net.Http.Json;
using System.Text.Json;
using Morgan.LlmSimulator;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>A simulator on its own port, fast unless told otherwise, with its plan and its counts.</summary>
internal sealed class SimulatedHost : IAsyncDisposable
{
    private readonly RunningApp _app;

    private SimulatedHost(string name, RunningApp app) => (Name, _app) = (name, app);

    public string Name { get; }

    public Uri Address => _app.Address;

    public string Url => new Uri(_app.Address, "/v1").AbsoluteUri;

    public HttpClient Client => _app.Client;

    public static async Task<SimulatedHost> StartAsync(string name, params string[] settings)
    {
        var app = await RunningApp.StartAsync(
            SimulatorApplication.Create,
            [$"--Simulator:Name={name}", "--Simulator:Plan:TimeToFirstTokenMs=0", "--Simulator:Plan:InterTokenMs=0", "--Simulator:Plan:Tokens=8", .. settings]);
        return new SimulatedHost(name, app);
    }

    /// <summary>Puts a plan in force; times of zero unless it says otherwise.</summary>
    public async Task PlanAsync(object plan)
    {
        var merged = JsonSerializer.SerializeToNode(new { timeToFirstTokenMs = 0, interTokenMs = 0, tokens = 8 })!.AsObject();
        foreach (var (key, value) in JsonSerializer.SerializeToNode(plan)!.AsObject())
        {
            merged[key] = value?.DeepClone();
        }

        using var response = await _app.Client.PutAsJsonAsync("/simulator/plan", merged, TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public Task FaultAsync(string kind, object? more = null)
    {
        var fault = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        fault["kind"] = kind;
        return PlanAsync(new { faults = new[] { fault } });
    }

    public async Task<JsonElement> StatsAsync() =>
        await _app.Client.GetFromJsonAsync<JsonElement>("/simulator/stats", TestContext.Current.CancellationToken);

    public async Task<long> CountAsync(string name) => (await StatsAsync()).GetProperty(name).GetInt64();

    /// <summary>Requests that have ended so: <c>ok</c>, <c>cancelled</c>, or the kind of a fault.</summary>
    public async Task<long> OutcomesAsync(string outcome) =>
        (await StatsAsync()).GetProperty("outcomes").TryGetProperty(outcome, out var count) ? count.GetInt64() : 0;

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
