using System.Net.Http.Json;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Morgan.LlmService;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>A gateway on real Kestrel in front of the given hosts.</summary>
internal sealed class RunningGateway : IAsyncDisposable
{
    private static readonly TimeSpan StreamDeadline = TimeSpan.FromSeconds(60);

    private readonly RunningApp _app;

    private RunningGateway(RunningApp app) => _app = app;

    public Uri Address => _app.Address;

    public HttpClient Client => _app.Client;

    public IServiceProvider Services => _app.Services;

    public static Task<RunningGateway> StartAsync(IReadOnlyList<SimulatedHost> hosts, params string[] settings) =>
        StartAsync(hosts, null, settings);

    public static async Task<RunningGateway> StartAsync(
        IReadOnlyList<SimulatedHost> hosts, Action<WebApplicationBuilder>? configure, params string[] settings)
    {
        var given = hosts.SelectMany((host, i) => (string[])[$"--Llm:Hosts:{i}:Name={host.Name}", $"--Llm:Hosts:{i}:Url={host.Url}"]);
        return new RunningGateway(await RunningApp.StartAsync(LlmApplication.Create, [.. given, .. settings], configure));
    }

    public static string ChatBody(bool stream = false, string model = "morgan-sim", string more = "") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Say hello, friend"}],"stream":{{(stream ? "true" : "false")}}{{more}}}""";

    public Task<HttpResponseMessage> PostAsync(string path, string body) => PostAsync(path, body, TestContext.Current.CancellationToken);

    public async Task<HttpResponseMessage> PostAsync(string path, string body, CancellationToken cancellationToken, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
    }

    public Task<HttpResponseMessage> ChatAsync(bool stream = false, string more = "") =>
        PostAsync("/v1/chat/completions", ChatBody(stream, more: more));

    /// <summary>The whole text of a streamed chat, which ends within <see cref="StreamDeadline"/>.</summary>
    public async Task<string> StreamAsync(string more = "")
    {
        using var response = await ChatAsync(stream: true, more);
        return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken).WaitAsync(StreamDeadline);
    }

    public async Task<T> GetAsync<T>(string path) => (await Client.GetFromJsonAsync<T>(path, TestContext.Current.CancellationToken))!;

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
