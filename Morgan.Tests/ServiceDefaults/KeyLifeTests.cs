using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.Tests.ServiceDefaults;

/// <summary>What becomes of keys while a service runs: they expire, are exchanged, are tried out and are used too much.</summary>
public sealed class KeyLifeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("morgan-keys-");
    private readonly FakeTimeProvider _time = new(new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));

    private string ConfigFile => Path.Combine(_folder.FullName, "morgan.json");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Key_FromItsNotAfterOn_IsRefused()
    {
        await using var app = await StartAsync($"--Auth:Keys:0:Id=a", $"--Auth:Keys:0:KeySha256={Hash("sk-a")}", "--Auth:Keys:0:NotAfter=2026-05-01T00:01:00Z");
        Assert.Equal(HttpStatusCode.OK, await GetAsync(app, "sk-a"));

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(app, "sk-a"));
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(app, "sk-a"));
    }

    [Fact]
    public async Task Key_Exchanged_WorksAtOnceBothForAWhileAndThenTheNewOneAlone()
    {
        await WriteAsync("sk-old");
        await using var app = await StartAsync($"--Morgan:ConfigFile={ConfigFile}");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await GetAsync(app, "sk-old"), await GetAsync(app, "sk-new")));

        await WriteAsync("sk-old", "sk-new");
        await Eventually.TrueAsync(
            async () =>
            {
                _time.Advance(WrongKeys.Each);
                return await GetAsync(app, "sk-new") == HttpStatusCode.OK;
            },
            "the new key works");
        Assert.Equal(HttpStatusCode.OK, await GetAsync(app, "sk-old"));
        await WriteAsync("sk-new");

        await Eventually.TrueAsync(async () => await GetAsync(app, "sk-old") != HttpStatusCode.OK, "the old key is gone");
        Assert.Equal(HttpStatusCode.OK, await GetAsync(app, "sk-new"));
    }

    [Fact]
    public async Task Secret_InAMountedFile_IsReadAndReadAgainWhenReplaced()
    {
        var secrets = _folder.CreateSubdirectory("secrets").FullName;
        var file = Path.Combine(secrets, "Auth__Keys__0__KeySha256");
        await File.WriteAllTextAsync(file, Hash("sk-old"), Cancelled);
        await using var app = await StartAsync($"--Morgan:SecretsFolder={secrets}", "--Auth:Keys:0:Id=a");
        Assert.Equal(HttpStatusCode.OK, await GetAsync(app, "sk-old"));

        await File.WriteAllTextAsync(file, Hash("sk-new"), Cancelled);

        await Eventually.TrueAsync(async () => await GetAsync(app, "sk-old") != HttpStatusCode.OK, "the old key is gone");
        Assert.Equal(HttpStatusCode.OK, await GetAsync(app, "sk-new"));
    }

    [Fact]
    public async Task Reload_ThatTakesEveryKeyAway_IsRefusedOutsideDevelopment()
    {
        await WriteAsync("sk-old");
        using var log = new RefusalLog();
        await using var app = await StartAsync(builder => builder.Logging.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(log), $"--Morgan:ConfigFile={ConfigFile}", "--environment=Production");

        await File.WriteAllTextAsync(ConfigFile, """{"Auth":{"Keys":[]}}""", Cancelled);
        await Eventually.TrueAsync(() => log.Count > 0, "the version is refused");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await GetAsync(app, "sk-old"), await GetAsync(app, null)));
    }

    [Fact]
    public async Task Address_ThatTriesKeysOut_IsSlowedDownAndItsOwnKeyGoesOn()
    {
        await using var app = await StartAsync(
            "--Auth:Keys:0:Id=a", $"--Auth:Keys:0:KeySha256={Hash("sk-a")}", "--Auth:Keys:1:Id=b", $"--Auth:Keys:1:KeySha256={Hash("sk-b")}");
        Assert.Equal(HttpStatusCode.OK, await GetAsync(app, "sk-a"));
        for (var i = 0; i < WrongKeys.Most; i++)
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(app, $"guess-{i}"));
        }

        using var refused = await SendAsync(app, "guess");
        using var guessed = await SendAsync(app, "sk-b");

        // Right or wrong, the answer is the same, so that nothing is learnt by trying on.
        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.TooManyRequests), (refused.StatusCode, guessed.StatusCode));
        Assert.Equal(await refused.Content.ReadAsStringAsync(Cancelled), await guessed.Content.ReadAsStringAsync(Cancelled));
        Assert.Equal(WrongKeys.Each, refused.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(app, "sk-a"));
        _time.Advance(WrongKeys.Each);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(app, "sk-b"));
    }

    [Fact]
    public async Task TrustedProxy_NamesTheClient_WhoAloneIsSlowedDown()
    {
        await using var app = await StartAsync("--Auth:Keys:0:Id=a", $"--Auth:Keys:0:KeySha256={Hash("sk-a")}", "--Auth:TrustedProxies:0=127.0.0.0/8");
        for (var i = 0; i <= WrongKeys.Most; i++)
        {
            using var guess = await SendAsync(app, "guess", ("X-Forwarded-For", "203.0.113.9"));
        }

        using var same = await SendAsync(app, "sk-a", ("X-Forwarded-For", "203.0.113.9"));
        using var other = await SendAsync(app, "sk-a", ("X-Forwarded-For", "203.0.113.10"));

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (same.StatusCode, other.StatusCode));
    }

    [Fact]
    public async Task ForwardedFor_WithoutATrustedProxy_IsNotBelieved()
    {
        await using var app = await StartAsync("--Auth:Keys:0:Id=a", $"--Auth:Keys:0:KeySha256={Hash("sk-a")}");
        for (var i = 0; i < WrongKeys.Most; i++)
        {
            using var guess = await SendAsync(app, "guess", ("X-Forwarded-For", $"203.0.113.{i}"));
        }

        using var next = await SendAsync(app, "guess", ("X-Forwarded-For", "203.0.113.200"));

        Assert.Equal(HttpStatusCode.TooManyRequests, next.StatusCode);
    }

    [Fact]
    public async Task Key_WithItsRequestsUnderWay_GetsNoFurtherOneUntilOneEnds()
    {
        var entered = new SemaphoreSlim(0);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = await RunningApp.StartAsync(
            (args, configure) =>
            {
                var web = SampleApplication.Create(args, configure);
                web.MapGet("/v1/slow", async () =>
                {
                    entered.Release();
                    await go.Task;
                });
                return web;
            },
            ["--Auth:Keys:0:Id=a", $"--Auth:Keys:0:KeySha256={Hash("sk-a")}", "--Auth:Keys:0:MaxConcurrent=2", "--Auth:Keys:1:Id=b", $"--Auth:Keys:1:KeySha256={Hash("sk-b")}"]);
        var running = new[] { SendAsync(app, "sk-a", "/v1/slow"), SendAsync(app, "sk-a", "/v1/slow") };
        await entered.WaitAsync(Cancelled);
        await entered.WaitAsync(Cancelled);

        using var third = await SendAsync(app, "sk-a");
        var other = await GetAsync(app, "sk-b");
        go.SetResult();
        foreach (var request in running)
        {
            (await request).Dispose();
        }

        Assert.Equal((HttpStatusCode.TooManyRequests, HttpStatusCode.OK), (third.StatusCode, other));
        Assert.Contains("has 2 requests under way", await third.Content.ReadAsStringAsync(Cancelled), StringComparison.Ordinal);
        await Eventually.TrueAsync(async () => await GetAsync(app, "sk-a") == HttpStatusCode.OK, "the places are free");
    }

    [Theory]
    [InlineData("--Auth:TrustedProxies:0=everybody", "Auth:TrustedProxies:0")]
    [InlineData("--Auth:Keys:0:MaxConcurrent=-1", "Auth:Keys:0:MaxConcurrent")]
    [InlineData("--Auth:Keys:0:MaxConcurrent=100001", "Auth:Keys:0:MaxConcurrent")]
    public async Task Start_WithABadValue_NamesIt(string setting, string named)
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync("--Auth:Keys:0:Id=a", $"--Auth:Keys:0:KeySha256={Hash("sk-a")}", setting));
        Assert.Contains(named, failure.Message, StringComparison.Ordinal);
    }

    private Task<RunningApp> StartAsync(params string[] settings) => StartAsync(null, settings);

    private Task<RunningApp> StartAsync(Action<WebApplicationBuilder>? configure, params string[] settings) => RunningApp.StartAsync(
        SampleApplication.Create,
        settings,
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            configure?.Invoke(builder);
        });

    private Task WriteAsync(params string[] keys) => File.WriteAllTextAsync(
        ConfigFile,
        JsonSerializer.Serialize(new { Auth = new { Keys = keys.Select(key => new { Id = key, KeySha256 = Hash(key) }) } }),
        Cancelled);

    private static async Task<HttpStatusCode> GetAsync(RunningApp app, string? key)
    {
        using var response = await SendAsync(app, key);
        return response.StatusCode;
    }

    private static Task<HttpResponseMessage> SendAsync(RunningApp app, string? key, params (string Name, string Value)[] headers) =>
        SendAsync(app, key, "/v1/me", headers);

    private static async Task<HttpResponseMessage> SendAsync(RunningApp app, string? key, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in key is null ? headers : [("api-key", key), .. headers])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await app.Client.SendAsync(request, Cancelled);
    }

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
