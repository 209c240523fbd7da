using System.Diagnostics;
using System.Globalization;
using Morgan.Benchmarks.Load;
using Morgan.Benchmarks.Node;

namespace Morgan.Benchmarks.Gateway.Servers;

/// <summary>Portkey's gateway, where npm can install it.</summary>
internal static class Portkey
{
    /// <summary>Its version.</summary>
    public const string Version = "1.15.2";

    /// <summary>What it needs to know with each request.</summary>
    public static string Headers(Uri host) => $"x-portkey-provider: openai\r\nx-portkey-custom-host: {new Uri(host, "v1")}\r\n";

    /// <summary>Starts it; null: there is no Node or no package.</summary>
    /// <param name="folder">For its files.</param>
    public static async Task<ServerProcess?> TryStartAsync(string folder)
    {
        var home = Directory.CreateDirectory(Path.Combine(folder, "portkey")).FullName;
        await File.WriteAllTextAsync(Path.Combine(home, "package.json"), $$"""{ "private": true, "dependencies": { "@portkey-ai/gateway": "{{Version}}" } }""");
        try
        {
            await Npm.InstallAsync(home, CancellationToken.None);
        }
        catch (BenchmarkException)
        {
            return null;
        }

        var port = Loopback.FreePort().ToString(CultureInfo.InvariantCulture);
        var start = new ProcessStartInfo("node", [Path.Combine(home, "node_modules", "@portkey-ai", "gateway", "build", "start-server.js"), $"--port={port}", "--headless"])
        {
            WorkingDirectory = home,
        };
        start.Environment["NODE_ENV"] = "production";
        return await ServerProcess.StartAsync(start, async process =>
        {
            _ = process.StandardOutput.ReadToEndAsync(); // it greets
            await Loopback.UntilListenedAsync(int.Parse(port, CultureInfo.InvariantCulture));
            return $"http://127.0.0.1:{port}/";
        });
    }
}
