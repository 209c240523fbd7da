using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Morgan.Tests.LlmService.Gateway;

/// <summary>What the gateway's <c>/health</c> says of each host, and to whom.</summary>
public sealed class HostsHealthTests
{
    private const string Admin = "sk-admin-of-the-health-tests";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Health_ForAnAdmin_TellsEachHostsStateCircuitReasonAndLastCheck()
    {
        await using var good = await SimulatedHost.StartAsync("good");
        await using var bad = await SimulatedHost.StartAsync("bad");
        await using var off = await SimulatedHost.StartAsync("off");
        await bad.FaultAsync("health-only", new { });
        await using var gateway = await StartAsync([good, bad, off], "--Llm:Health:Interval=00:00:00.1", "--Llm:Hosts:2:Enabled=false");

        JsonElement hosts = default;
        await Eventually.TrueAsync(
            async () => (hosts = Data(await HealthAsync(gateway, Admin))).GetProperty("bad").GetProperty("state").GetString() == "unhealthy"
                && hosts.GetProperty("good").GetProperty("state").GetString() == "healthy",
            "both were checked");

        var (fine, ill) = (hosts.GetProperty("good"), hosts.GetProperty("bad"));
        Assert.Equal("closed", fine.GetProperty("circuit").GetString());
        Assert.Equal(JsonValueKind.Null, fine.GetProperty("reason").ValueKind);
        Assert.True(fine.GetProperty("lastCheck").GetProperty("ok").GetBoolean());
        Assert.StartsWith("its last check failed: ", ill.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.False(ill.GetProperty("lastCheck").GetProperty("ok").GetBoolean());
        Assert.InRange(ill.GetProperty("lastCheck").GetProperty("at").GetDateTimeOffset(), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(1));
        Assert.Equal("is disabled", hosts.GetProperty("off").GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Health_OfAHostThatIsLeftAlone_SaysUntilWhen()
    {
        await using var host = await SimulatedHost.StartAsync("busy");
        await using var gateway = await StartAsync([host], "--Llm:Retry:MaxRetries=0");
        await host.FaultAsync("status", new { status = 429, retryAfterSeconds = 120 });

        using (await gateway.PostAsync("/v1/chat/completions", RunningGateway.ChatBody(), Cancelled, ("Authorization", $"Bearer {Admin}")))
        {
        }

        await Eventually.TrueAsync(
            async () => Data(await HealthAsync(gateway, Admin)).GetProperty("busy").GetProperty("reason").GetString()
                is { } reason && reason.StartsWith("asked to be left alone for another 1", StringComparison.Ordinal),
            "it says for how long");
    }

    [Fact]
    public async Task Health_ForOthers_TellsNothingOfHosts()
    {
        await using var host = await SimulatedHost.StartAsync("named-in-secret");
        await using var gateway = await StartAsync([host]);

        Assert.DoesNotContain("named-in-secret", await HealthAsync(gateway, null), StringComparison.Ordinal);
        var known = await HealthAsync(gateway, Admin);
        Assert.Contains("named-in-secret", known, StringComparison.Ordinal);
        Assert.DoesNotContain(new Uri(host.Url).Authority, known, StringComparison.Ordinal);
    }

    private static Task<RunningGateway> StartAsync(SimulatedHost[] hosts, params string[] settings) => RunningGateway.StartAsync(
        hosts, ["--Auth:Keys:0:Id=admin", "--Auth:Keys:0:Tenant=ops", "--Auth:Keys:0:Admin=true", $"--Auth:Keys:0:KeySha256={Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Admin)))}", .. settings]);

    private static async Task<string> HealthAsync(RunningGateway gateway, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {key}");
        }

        using var response = await gateway.Client.SendAsync(request, Cancelled);
        return await response.Content.ReadAsStringAsync(Cancelled);
    }

    private static JsonElement Data(string health)
    {
        using var json = JsonDocument.Parse(health);
        return json.RootElement.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "hosts").GetProperty("data").Clone();
    }
}
