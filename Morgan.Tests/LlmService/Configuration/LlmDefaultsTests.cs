using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Morgan.LlmService;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Configuration;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.Tests.LlmService.Configuration;

public sealed class LlmDefaultsTests
{
    [Fact]
    public void Options_WithNothingConfigured_AreTheContracts()
    {
        var options = Read();

        Assert.Equal("least-loaded", options.Strategy);
        Assert.Empty(options.Hosts);
        Assert.Empty(options.Models!);
        Assert.Equal((3, 1.0, 60.0, 2.0, true, 20.0), (options.Retry.MaxRetries, options.Retry.BaseDelay.TotalSeconds, options.Retry.MaxDelay.TotalSeconds,
            options.Retry.ExponentialBase, options.Retry.Jitter, options.Retry.BudgetPercent));
        Assert.Equal((5, 2, 60.0, 600.0), (options.CircuitBreaker.FailureThreshold, options.CircuitBreaker.SuccessThreshold,
            options.CircuitBreaker.BreakDuration.TotalSeconds, options.CircuitBreaker.MaxBreakDuration.TotalSeconds));
        Assert.Equal(("none", 10.0, 20, 1.0, 10.0, 1000), (options.RateLimit.Algorithm, options.RateLimit.RequestsPerSecond, options.RateLimit.Burst,
            options.RateLimit.Window.TotalSeconds, options.RateLimit.MaxWait.TotalSeconds, options.RateLimit.QueueLimit));
        Assert.Equal((30.0, 5.0, 2, 5), (options.Health.Interval.TotalSeconds, options.Health.Timeout.TotalSeconds,
            options.Health.DegradedThreshold, options.Health.UnhealthyThreshold));
        Assert.Equal((0, 90.0, 300.0), (options.Pool.MaxConnections, options.Pool.KeepAlive.TotalSeconds, options.Pool.Lifetime.TotalSeconds));
        Assert.Equal((5.0, 60.0, 300.0, 120.0, 600.0, 10.0, false), (options.Timeouts.Connect.TotalSeconds, options.Timeouts.FirstByte.TotalSeconds,
            options.Timeouts.Response.TotalSeconds, options.Timeouts.Idle.TotalSeconds, options.Timeouts.Total.TotalSeconds,
            options.Timeouts.KeepAliveComment.TotalSeconds, options.Timeouts.Adaptive));
        Assert.Equal((false, 0.95, 5.0), (options.Hedging.Enabled, options.Hedging.DelayQuantile, options.Hedging.BudgetPercent));
        Assert.Equal((null, null), (options.Embedding.Url, options.Embedding.Key));
        Assert.Equal((64 * 1024 * 1024, 512L * 1024 * 1024), (options.MaxRequestBytes, options.MaxHeldBytes));
    }

    [Fact]
    public void Host_WithNameAndUrlAlone_HasTheContractsDefaults()
    {
        var host = Read("--Llm:Hosts:0:Name=a", "--Llm:Hosts:0:Url=http://a/v1").Hosts.Single();

        Assert.Equal(("openai", null, null, null, null, null, null), (host.Kind, host.ApiVersion, host.Credential, host.ApiKey, host.ApiKeyFile, host.ClientCertificate, host.CertificateAuthority));
        Assert.Equal((1.0, 0, true, 0), (host.Weight, host.Priority, host.Enabled, host.MaxConcurrency));
        Assert.Null(host.Models);
    }

    [Fact]
    public void Tenant_WithNothingConfigured_HasTheContractsDefaults() =>
        Assert.Equal(
            new TenantOptions
            {
                RequestsPerMinute = 0,
                TokensPerMinute = 0,
                TokensPerDay = 0,
                MaxConcurrent = 0,
                DefaultReservedOutputTokens = 512,
                MaxWait = TimeSpan.Zero,
                CachePartition = false,
            },
            new TenantOptions());

    [Fact]
    public void Names_WithColons_AreReadAsTheyStand()
    {
        var options = Read(
            "--Llm:Hosts:0:Name=a", "--Llm:Hosts:0:Url=http://a/v1", "--Llm:Hosts:0:Models:qwen3:8b=qwen3:8b-q4",
            "--Llm:Models:fast:1:x:0=one", "--Llm:Models:fast:1:x:1=two");

        Assert.Equal("qwen3:8b-q4", options.Hosts[0].Models!["qwen3:8b"]);
        Assert.Equal(["one", "two"], options.Models!["fast:1:x"]);
    }

    [Theory]
    [InlineData("Llm:Strategy", "--Llm:Strategy=best")]
    [InlineData("Llm:Models:fast", "--Llm:Models:fast=llama3")]
    [InlineData("Llm:Embedding:Url", "--Llm:Embedding:Url=embedding:5090")]
    [InlineData("Llm:MaxRequestBytes", "--Llm:MaxRequestBytes=5")]
    [InlineData("Llm:MaxHeldBytes", "--Llm:MaxHeldBytes=1000000")]
    [InlineData("Llm:Hosts:0:Models", "--Llm:Hosts:0:Name=a", "--Llm:Hosts:0:Url=https://a", "--Llm:Hosts:0:Kind=azure", "--Llm:Hosts:0:ApiVersion=1")]
    [InlineData("Llm: unknown key 'Hsots'", "--Llm:Hsots:0:Name=a")]
    public void BadValue_IsRefusedByItsKey(string key, params string[] settings) =>
        Assert.Contains(key, Assert.Throws<ConfigurationException>(() => Read(settings)).Message, StringComparison.Ordinal);

    [Fact]
    public void BadTenant_IsRefusedByItsKey() =>
        Assert.Contains(
            "Tenants:acme:RequestsPerMinute",
            Assert.Throws<ConfigurationException>(() => Read("--Tenants:acme:RequestsPerMinute=-1")).Message,
            StringComparison.Ordinal);

    private static LlmOptions Read(params string[] settings)
    {
        using var app = (IDisposable)LlmApplication.Create(["--environment", "Development", .. settings]);
        return ((WebApplication)app).Services.GetRequiredService<IReloading<LlmOptions>>().Current;
    }
}
