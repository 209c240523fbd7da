using System.Net.Http.Json;
using Microsoft.Extensions.DependencyInjection;
using Morgan.ServiceDefaults.Configuration;

namespace Morgan.Tests.ServiceDefaults;

public sealed class ReloadingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("morgan-test-").FullName;

    private string File => Path.Combine(_folder, "morgan.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ConfigFile_IsAboveAppsettingsAndBelowTheCommandLine()
    {
        Write("""{ "Sample": { "Size": 7, "Wait": "00:00:03" } }""");
        await using var app = await StartAsync("Sample:Wait=00:00:05");
        var options = await app.Client.GetFromJsonAsync<SampleOptions>("/v1/sample", TestContext.Current.CancellationToken);
        Assert.Equal(7, options!.Size);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Wait);
    }

    [Fact]
    public async Task Change_OfTheFile_IsSeenWithoutARestart()
    {
        await using var app = await StartAsync();
        var options = app.Services.GetRequiredService<IReloading<SampleOptions>>();
        var told = new System.Collections.Concurrent.ConcurrentQueue<int>();
        using var registration = options.OnChange(version => told.Enqueue(version.Size));
        Write("""{ "Sample": { "Size": 9 } }""");
        await Eventually.TrueAsync(() => !told.IsEmpty, "the new file is in force and told of");
        Assert.Equal([9], told);
        Assert.Equal(9, options.Current.Size);
    }

    [Theory]
    [InlineData("""{ "Sample": { "Size": 0 } }""")]
    [InlineData("""{ "Sample": { "Size": "big" } }""")]
    [InlineData("""{ "Sample": { "Sise": 4 } }""")]
    [InlineData("""{ "Sample": { "Size": 4 """)]
    public async Task BadVersion_OfTheFile_IsRefusedAndTheOldOneStays(string bad)
    {
        Write("""{ "Sample": { "Size": 7 } }""");
        var refusals = new RefusalLog();
        await using var app = await StartAsync(log: refusals);
        var options = app.Services.GetRequiredService<IReloading<SampleOptions>>();
        Write(bad);
        await Eventually.TrueAsync(() => refusals.Count > 0, "the bad version is refused");
        Assert.Equal(7, options.Current.Size);
        Write("""{ "Sample": { "Size": 8 } }""");
        await Eventually.TrueAsync(() => options.Current.Size == 8, "a good version is taken again");
    }

    [Fact]
    public async Task Start_WithAFileThatIsNotJson_NamesFileAndPlace()
    {
        Write("""{ "Sample": { "Size": 4, } """);
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync());
        var line = Morgan.ServiceDefaults.Lifetime.StartFailure.Explain(failure);
        Assert.Contains("morgan.json", line, StringComparison.Ordinal);
        Assert.Contains("Line", line, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void ColonKeys_AreReadAsTheyWereWritten()
    {
        Write("""{ "Models": { "qwen3:8b": "qwen3:8b-q4", "plain": "x" } }""");
        var section = Microsoft.Extensions.Configuration.JsonConfigurationExtensions
            .AddJsonFile(new Microsoft.Extensions.Configuration.ConfigurationBuilder(), File).Build().GetSection("Models");
        var pairs = ColonKeys.Read(section);
        Assert.Equal("qwen3:8b-q4", pairs["qwen3:8b"]);
        Assert.Equal(2, pairs.Count);
    }

    private Task<RunningApp> StartAsync(string? setting = null, RefusalLog? log = null) => RunningApp.StartAsync(
        SampleApplication.Create,
        [$"Morgan:ConfigFile={File}", .. setting is null ? [] : new[] { setting }],
        builder => builder.Services.AddSingleton<Microsoft.Extensions.Logging.ILoggerProvider>(log ?? new RefusalLog()));

    private void Write(string json)
    {
        var temporary = Path.Combine(_folder, "new.json");
        System.IO.File.WriteAllText(temporary, json);
        System.IO.File.Move(temporary, File, overwrite: true);
    }
}
