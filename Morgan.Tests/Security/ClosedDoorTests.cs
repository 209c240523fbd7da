using System.Net;
using Morgan.Tests.ServiceDefaults;

namespace Morgan.Tests.Security;

/// <summary>What is closed unless it was opened on purpose.</summary>
public sealed class ClosedDoorTests
{
    private const string Key = "sk-a";

    private static readonly string[] WithKey =
        ["--Auth:Keys:0:Id=a", "--Auth:Keys:0:KeySha256=" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("sk-a"u8))];

    private static readonly string[] Anonymous = ["--Auth:AllowAnonymous=true", "--environment=Production", "--Metrics:Prometheus=true"];

    [Theory]
    [InlineData("https://evil.example", null)]
    [InlineData("null", null)]
    [InlineData("http://127.0.0.1:1", null)]
    [InlineData("http://evil.example", "evil.example")]
    [InlineData("http://evil.example:8080", "evil.example:8080")]
    public async Task Page_OfAnotherSite_MayNotCallWithoutAKey(string origin, string? host)
    {
        await using var development = await RunningApp.StartAsync(SampleApplication.Create);

        using var refused = await SendAsync(development, HttpMethod.Get, "/admin/me", ("Origin", origin), ("Host", host));

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("cross_origin", await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Page_OfAnotherSite_MayNotCallAnOpenServiceEither()
    {
        await using var open = await RunningApp.StartAsync(SampleApplication.Create, Anonymous);

        using var foreign = await SendAsync(open, HttpMethod.Get, "/v1/me", ("Origin", "https://evil.example"));
        using var own = await SendAsync(open, HttpMethod.Get, "/v1/me", ("Origin", "http://ai.example"), ("Host", "ai.example"));
        using var noPage = await SendAsync(open, HttpMethod.Get, "/v1/me");

        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.OK, HttpStatusCode.OK), (foreign.StatusCode, own.StatusCode, noPage.StatusCode));
    }

    [Fact]
    public async Task Page_OfTheServiceItself_MayCallInDevelopment()
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create);

        using var own = await SendAsync(app, HttpMethod.Get, "/admin/me", ("Origin", app.Address.GetLeftPart(UriPartial.Authority)));

        Assert.Equal(HttpStatusCode.OK, own.StatusCode);
    }

    [Fact]
    public async Task Preflight_OfAnotherSite_IsToldNothing()
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create, WithKey);

        using var preflight = await SendAsync(
            app, HttpMethod.Options, "/v1/me", ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "GET"), ("Access-Control-Request-Headers", "authorization"));
        using var answer = await SendAsync(app, HttpMethod.Get, "/v1/me", ("Origin", "https://evil.example"), ("api-key", Key));

        Assert.False(preflight.IsSuccessStatusCode);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.DoesNotContain(preflight.Headers.Concat(answer.Headers), header => header.Key.StartsWith("Access-Control", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("/admin/me")]
    [InlineData("/metrics")]
    public async Task AdminPath_OfAServiceThatIsOpenToAll_IsClosed(string path)
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create, Anonymous);
        await using var keyed = await RunningApp.StartAsync(SampleApplication.Create, [.. WithKey, "--Metrics:Prometheus=true"]);

        using var anonymous = await SendAsync(app, HttpMethod.Get, path);
        using var without = await SendAsync(keyed, HttpMethod.Get, path);
        using var user = await SendAsync(keyed, HttpMethod.Get, path, ("api-key", Key));

        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden), (anonymous.StatusCode, without.StatusCode, user.StatusCode));
        Assert.True(user.Headers.CacheControl!.NoStore);
    }

    [Theory]
    [InlineData("/v1/me", 401)]
    [InlineData("/health", 200)]
    [InlineData("/nothing", 401)]
    public async Task EveryAnswer_ForbidsGuessingItsType(string path, int status)
    {
        await using var app = await RunningApp.StartAsync(SampleApplication.Create, WithKey);

        using var answer = await SendAsync(app, HttpMethod.Get, path);

        Assert.Equal((status, "nosniff"), ((int)answer.StatusCode, answer.Headers.GetValues("X-Content-Type-Options").Single()));
        Assert.False(answer.Headers.Contains("Server"));
    }

    private static async Task<HttpResponseMessage> SendAsync(RunningApp app, HttpMethod method, string path, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
        {
            if (value is not null)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
