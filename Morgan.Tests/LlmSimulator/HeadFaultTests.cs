using System.Net;
using System.Text.Json;

namespace Morgan.Tests.LlmSimulator;

/// <summary>Faults in place of an answer, and health that isn't what it seems.</summary>
public sealed class HeadFaultTests
{
    private const string Path = "/v1/chat/completions";

    [Theory]
    [InlineData(503, "overloaded", "server_error")]
    [InlineData(429, "rate_limit_exceeded", "requests")]
    [InlineData(401, "invalid_api_key", "invalid_request_error")]
    public async Task Status_IsSentWithOpenAisBodyAndRetryAfter(int status, string code, string type)
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.FaultAsync("status", $"\"status\":{status},\"retryAfterSeconds\":2");
        using var response = await simulator.PostAsync(Path, Simulator.Chat());
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), response.Headers.RetryAfter?.Delta);
        var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement.GetProperty("error");
        Assert.Equal((code, type), (error.GetProperty("code").GetString(), error.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task Refuse_ResetsWithoutAByte()
    {
        var answer = await AskAsync("refuse");
        Assert.Equal((WireEnd.Reset, ""), (answer.End, answer.Head));
    }

    [Fact]
    public async Task WrongContentType_IsAPageWithStatus200()
    {
        var answer = await AskAsync("wrong-content-type");
        Assert.StartsWith("HTTP/1.1 200", answer.Head, StringComparison.Ordinal);
        Assert.Contains("Content-Type: text/html", answer.Head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirect_PointsWhereFollowersAreCounted()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.FaultAsync("redirect");
        using (var followed = await simulator.PostAsync(Path, Simulator.Chat()))
        {
            Assert.Equal("/simulator/redirected", followed.RequestMessage!.RequestUri!.AbsolutePath);
        }

        var answer = await WireAnswer.PostAsync(simulator.Address, Path, Simulator.Chat());
        Assert.StartsWith("HTTP/1.1 307", answer.Head, StringComparison.Ordinal);
        Assert.Equal(1, (await simulator.StatsAsync()).RedirectsFollowed);
    }

    [Fact]
    public async Task HealthOnly_FailsChecksAndModelsWhileRequestsWork()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.FaultAsync("health-only");
        foreach (string path in (string[])["/health", "/alive", "/v1/models"])
        {
            using var check = await simulator.Client.GetAsync(path, TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, check.StatusCode);
        }

        await simulator.ChatAsync();
        Assert.Equal(3, (await simulator.StatsAsync()).HealthChecks);
    }

    [Fact]
    public async Task HealthLies_AnswersChecksWhileRequestsFail()
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.FaultAsync("health-lies");
        using var check = await simulator.Client.GetAsync("/health", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, check.StatusCode);
        using var request = await simulator.PostAsync(Path, Simulator.Chat());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, request.StatusCode);
    }

    private static async Task<WireAnswer> AskAsync(string kind)
    {
        await using var simulator = await Simulator.StartAsync();
        await simulator.FaultAsync(kind);
        return await WireAnswer.PostAsync(simulator.Address, Path, Simulator.Chat(stream: true));
    }
}
