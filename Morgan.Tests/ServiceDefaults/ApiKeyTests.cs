using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.Tests.ServiceDefaults;

public sealed class ApiKeyTests
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);

    private static string[] Keys =>
    [
        "Auth:Keys:0:Id=ci", $"Auth:Keys:0:KeySha256={Hash("sk-user")}", "Auth:Keys:0:Tenant=acme", "Auth:Keys:0:Models:0=fast",
        "Auth:Keys:1:Id=ops", $"Auth:Keys:1:KeySha256={Hash("sk-admin").ToUpperInvariant()}", "Auth:Keys:1:Admin=true",
        "Auth:Keys:2:Id=old", $"Auth:Keys:2:KeySha256={Hash("sk-old")}", "Auth:Keys:2:NotAfter=2026-05-01T00:00:00Z",
        "Auth:Keys:3:Id=young", $"Auth:Keys:3:KeySha256={Hash("sk-young")}", "Auth:Keys:3:NotAfter=2026-05-01T00:00:01Z",
    ];

    [Theory]
    [InlineData("Authorization", "Bearer sk-user", "ci", "acme")]
    [InlineData("Authorization", "bearer sk-user", "ci", "acme")]
    [InlineData("api-key", "sk-user", "ci", "acme")]
    [InlineData("api-key", "sk-young", "young", "default")]
    public async Task Caller_WithAKnownKey_IsItsTenant(string header, string value, string id, string tenant)
    {
        await using var app = await StartAsync(Keys);
        var caller = await GetAsync(app, "/v1/me", header, value, HttpStatusCode.OK);
        Assert.Equal(id, caller.GetProperty("keyId").GetString());
        Assert.Equal(tenant, caller.GetProperty("tenant").GetString());
    }

    [Theory]
    [InlineData("Authorization", "Bearer sk-unknown")]
    [InlineData("api-key", "sk-USER")]
    [InlineData("api-key", "sk-old")]
    [InlineData("x-nothing", "1")]
    public async Task Caller_WithoutAValidKey_IsRefusedByName(string header, string value)
    {
        await using var app = await StartAsync(Keys);
        var body = await GetAsync(app, "/v1/me", header, value, HttpStatusCode.Unauthorized);
        Assert.Equal("invalid_api_key", body.GetProperty("error").GetProperty("code").GetString());
        Assert.Equal("invalid_request_error", body.GetProperty("error").GetProperty("type").GetString());
        Assert.DoesNotContain(value, body.ToString(), StringComparison.Ordinal);
    }

    // Blanks that HTTP does not take away.
    [Fact]
    public async Task EmptyKey_WhereNoneIsNeeded_IsStillRefused()
    {
        await using var app = await StartAsync([.. Keys, "Auth:AllowAnonymous=true"]);
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler) { BaseAddress = app.Client.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/me");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer \u00a0");
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task AdminPath_WithAUserKey_IsForbidden()
    {
        await using var app = await StartAsync(Keys);
        var body = await GetAsync(app, "/admin/me", "api-key", "sk-user", HttpStatusCode.Forbidden);
        Assert.Equal("admin_required", body.GetProperty("error").GetProperty("code").GetString());
        await GetAsync(app, "/admin/me", "api-key", "sk-admin", HttpStatusCode.OK);
    }

    [Fact]
    public async Task Development_WithoutKeys_IsOpenAlsoToClientsThatSendOne()
    {
        await using var app = await StartAsync([]);
        await GetAsync(app, "/admin/me", "Authorization", "Bearer sk-placeholder", HttpStatusCode.OK);
    }

    [Fact]
    public void Production_WithoutKeys_RefusesToStart()
    {
        var problems = AuthValidation.Check(new AuthOptions(), mayBeOpen: false);
        Assert.Contains("Auth:AllowAnonymous", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AllowAnonymous_OutsideDevelopment_NeverOpensAdminPaths()
    {
        await using var app = await StartAsync(["Auth:AllowAnonymous=true", "--environment=Production"]);
        await GetAsync(app, "/v1/me", "x-nothing", "1", HttpStatusCode.OK);
        await GetAsync(app, "/admin/me", "x-nothing", "1", HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Key_GivenAsItself_IsFoundLikeOneGivenAsItsHash()
    {
        await using var app = await StartAsync(["Auth:Keys:0:Id=deployed", "Auth:Keys:0:Key=a-secret-of-the-store", "--environment=Production"]);
        await GetAsync(app, "/v1/me", "Authorization", "Bearer a-secret-of-the-store", HttpStatusCode.OK);
        await GetAsync(app, "/v1/me", "Authorization", "Bearer a-secret-of-the-stor", HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("Auth:Keys:0:Id=x", "Auth:Keys:0:KeySha256=abc", "Auth:Keys:0:KeySha256")]
    [InlineData("Auth:Keys:0:Id=x", "Auth:Keys:0:Key=", "Auth:Keys:0:Key")]
    [InlineData("Auth:Keys:0:Id=x", "Auth:Keys:0:Key=guess-me", "Auth:Keys:0:Key")]
    [InlineData("Auth:Keys:0:KeySha256=0000000000000000000000000000000000000000000000000000000000000000", "Auth:Keys:0:Tenant=", "Auth:Keys:0:Id")]
    [InlineData("Auth:AllowAnonymous=maybe", "Auth:Keys:0:Id=x", "Auth:AllowAnonymous")]
    [InlineData("Auth:Kees:0:Id=x", "Auth:AllowAnonymous=true", "Kees")]
    public async Task Start_WithABadKey_FailsNamingTheConfigurationKey(string first, string second, string named)
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync([first, second]));
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    private static Task<RunningApp> StartAsync(string[] settings) => RunningApp.StartAsync(
        SampleApplication.Create,
        settings,
        builder => builder.Services.AddSingleton<TimeProvider>(new FakeTimeProvider(Now)));

    private static async Task<JsonElement> GetAsync(RunningApp app, string path, string header, string value, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation(header, value);
        using var response = await app.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
