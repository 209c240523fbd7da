using System.Diagnostics;
using System.Globalization;
using Morgan.Benchmarks.Load;

namespace Morgan.Benchmarks.Gateway.Servers;

/// <summary>nginx as a proxy with kept connections and no buffering, where it is installed.</summary>
internal static class Nginx
{
    /// <summary>Starts it in front of <paramref name="host"/>; null: it is not installed.</summary>
    /// <param name="host">Where requests go.</param>
    /// <param name="folder">For its files.</param>
    public static async Task<ServerProcess?> TryStartAsync(Uri host, string folder)
    {
        var port = Loopback.FreePort();
        var configuration = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(configuration, Configuration(host, port, folder));
        var start = new ProcessStartInfo("nginx", ["-c", configuration, "-p", folder, "-e", Path.Combine(folder, "error.log")]);
        try
        {
            return await ServerProcess.StartAsync(start, async _ =>
            {
                await Loopback.UntilListenedAsync(port);
                return $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/";
            });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }

    private static string Configuration(Uri host, int port, string folder) => $$"""
        daemon off;
        pid {{folder}}/nginx.pid;
        worker_processes auto;
        events { worker_connections 4096; }
        http {
          access_log off;
          keepalive_requests 1000000000;
          client_body_temp_path {{folder}}/body;
          proxy_temp_path {{folder}}/proxy;
          upstream mock { server {{host.Authority}}; keepalive 512; keepalive_requests 1000000000; }
          server {
            listen 127.0.0.1:{{port}};
            location / { proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; }
          }
        }
        """;
}
