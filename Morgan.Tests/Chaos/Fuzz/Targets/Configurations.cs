using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Morgan.EmbeddingService.Configuration;
using Morgan.LlmService.Admission;
using Morgan.LlmService.Configuration;
using Morgan.ServiceDefaults.Auth;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.Tests.Chaos.Fuzz.Targets;

/// <summary>Configuration files: taken, or refused with a reason.</summary>
internal sealed class Configurations() : FuzzTarget("configurations")
{
    private static readonly string[] Names =
    [
        "Strategy", "Hosts", "Name", "Url", "Kind", "ApiKey", "Weight", "Priority", "Enabled", "MaxConcurrency", "Models", "Retry", "MaxRetries", "BaseDelay", "MaxDelay", "CircuitBreaker", "FailureThreshold", "BreakDuration",
        "RateLimit", "Algorithm", "Window", "Health", "Interval", "Pool", "KeepAlive", "Timeouts", "Total", "Idle", "Hedging", "Embedding", "Keys", "Id", "KeySha256", "Tenant", "Admin", "acme", "RequestsPerMinute", "TokensPerDay",
        "DefaultModel", "minilm", "Source", "Backend", "Pooling", "Batching", "MaxBatchTokens", "Cache", "L1Bytes", "L2Ttl", "Precision", "Remote", "Prompts", "0", "1", "qwen3:8b", "Connect", "Jitter", "MaxRequestBytes",
    ];

    private static readonly byte[] Right = Encoding.UTF8.GetBytes(
        """
        {"Llm":{"Strategy":"weighted","Hosts":[{"Name":"gpu1","Url":"http://127.0.0.1:1/v1","Weight":2.5,"Models":{"llama3:8b":"llama3.2:latest"}},{"Name":"b","Url":"https+http://b","Kind":"ollama","Priority":1}],
        "Models":{"fast":["llama3","gpt-4o"]},"Retry":{"MaxRetries":3,"BaseDelay":"00:00:01","Jitter":true},"CircuitBreaker":{"FailureThreshold":5,"BreakDuration":"00:01:00"},"Timeouts":{"Total":"00:10:00","Idle":"00:02:00"}},
        "Auth":{"Keys":[{"Id":"ci","KeySha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08","Tenant":"acme","Models":["a"]}]},"Tenants":{"acme":{"RequestsPerMinute":600,"TokensPerDay":1}},
        "Embedding":{"DefaultModel":"m","Models":{"m":{"Source":"/models/m","Pooling":"mean","Prompts":{"query":"q: "}}},"Batching":{"MaxBatchTokens":4096},"Cache":{"L1Bytes":1048576,"L2Ttl":"1.00:00:00"},"Remote":{"Hosts":[]}}}
        """);

    public override int QuickInputs => 500;

    public override byte[] Make(Random random) => random.Next(2) == 0
        ? Noise.Damage(random, Right)
        : [.. Encoding.UTF8.GetBytes($"{{\"{Section(random)}\":"), .. Noise.Json(random, Names), (byte)'}'];

    public override async ValueTask CheckAsync(byte[] input, Random random)
    {
        IConfigurationRoot configuration;
        try
        {
            configuration = new ConfigurationBuilder().Add(new ConfigFileSource { FileProvider = new MemoryFile(input), Path = "morgan.json" }).Build();
        }
        catch (InvalidDataException e) when (e.InnerException is ConfigurationException refused)
        {
            Assert.NotEmpty(refused.Message);
            return;
        }

        var services = new ServiceCollection().AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance).AddSingleton<IConfiguration>(configuration);
        services.AddLlmOptions();
        services.AddReloading<TenantsOptions>(TenantsOptions.Section, TenantsOptions.Check);
        services.AddReloading<AuthOptions>("Auth", options => AuthValidation.Check(options, mayBeOpen: true));
        services.AddReloading<EmbeddingOptions>(EmbeddingOptions.Section, EmbeddingValidation.Check, RemoteNames.Complete);
        await using var provider = services.BuildServiceProvider();
        Take<LlmOptions>(provider);
        Take<TenantsOptions>(provider);
        Take<AuthOptions>(provider);
        Take<EmbeddingOptions>(provider);
    }

    private static void Take<T>(ServiceProvider provider)
        where T : class
    {
        try
        {
            Assert.NotNull(provider.GetRequiredService<IReloading<T>>().Current);
        }
        catch (ConfigurationException refused)
        {
            Assert.NotEmpty(refused.Message);
        }
    }

    private static string Section(Random random) => ((string[])["Llm", "Auth", "Tenants", "Embedding"])[random.Next(4)];
}
