using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Morgan.Tests.ServiceDefaults;

public sealed class BoundaryTests
{
    [Theory]
    [InlineData("GET", "/v1/nothing", HttpStatusCode.NotFound, "unknown_url")]
    [InlineData("POST", "/v1/me", HttpStatusCode.MethodNotAllowed, "method_not_allowed")]
    [InlineData("GET", "/v1/boom", HttpStatusCode.InternalServerError, "internal_error")]
    public async Task Failure_IsAnsweredInOpenAiShape_WithoutTheInside(string method, string path, HttpStatusCode status, string code)
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(status, response.StatusCode);
        var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal(code, JsonDocument.Parse(body).RootElement.GetProperty("error").GetProperty("code").GetString());
        Assert.DoesNotContain("the inside", body, StringComparison.Ordinal);
        Assert.True(response.Headers.Contains("x-request-id"));
    }

    [Theory]
    [InlineData("abc-123", true)]
    [InlineData("with space", false)]
    [InlineData("", false)]
    public async Task RequestId_IsTakenFromTheClientWhenItIsFitToBe(string sent, bool taken)
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/me");
        request.Headers.TryAddWithoutValidation("x-request-id", sent);
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(taken, response.Headers.GetValues("x-request-id").Single() == sent);
    }

    [Fact]
    public async Task Health_WithAnUnreachableCache_IsDegradedAndStill200()
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create, ["ConnectionStrings:cache=127.0.0.1:1,connectTimeout=200"]);
        using var response = await app.Client.GetAsync("/health", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        Assert.Equal("degraded", body.GetProperty("status").GetString());
        var cache = body.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "cache");
        Assert.Contains("ConnectionStrings:cache", cache.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_ForACallerThatIsNoAdmin_NamesChecksButNoReasons()
    {
        await using var app = await RunningApp.StartAsync(
            SampleApplication.Create, ["Auth:AllowAnonymous=true", "--environment=Production", "ConnectionStrings:cache=127.0.0.1:1"]);
        var body = await app.Client.GetStringAsync("/health", TestContext.Current.CancellationToken);
        Assert.Contains("\"cache\"", body, StringComparison.Ordinal);
        Assert.DoesNotContain("reason", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alive_AsksTheProcessAlone()
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create, ["ConnectionStrings:cache=127.0.0.1:1"]);
        var body = await app.Client.GetFromJsonAsync<JsonElement>("/alive", TestContext.Current.CancellationToken);
        Assert.Equal("healthy", body.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Metrics_AreThereOnlyWhenAskedFor()
    {
        await using var without = await RunningApp.StartAsync(SampleApplication.Create);
        Assert.Equal(HttpStatusCode.NotFound, (await without.Client.GetAsync("/metrics", TestContext.Current.CancellationToken)).StatusCode);
        await using var with = await RunningApp.StartAsync(SampleApplication.Create, ["Metrics:Prometheus=true"]);
        Assert.Equal(HttpStatusCode.OK, (await with.Client.GetAsync("/metrics", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Duration_OfAFailedRequest_SaysItsErrorType()
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create, ["Metrics:Prometheus=true"]);
        foreach (var path in (string[])["/v1/boom", "/v1/sample"])
        {
            (await app.Client.GetAsync(path, TestContext.Current.CancellationToken)).Dispose();
        }

        var metrics = await app.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        string Of(string path) => metrics.Split('\n').Single(line =>
            line.StartsWith("http_server_request_duration_seconds_count", StringComparison.Ordinal) && line.Contains($"http_route=\"{path}\"", StringComparison.Ordinal));
        Assert.Contains("error_type=\"500\"", Of("/v1/boom"), StringComparison.Ordinal);
        Assert.DoesNotContain("error_type", Of("/v1/sample"), StringComparison.Ordinal);
    }
}
