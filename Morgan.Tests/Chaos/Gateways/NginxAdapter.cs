using System.Globalization;
using System.Text;
using Morgan.Tests.Chaos.Matrix;

namespace Morgan.Tests.Chaos.Gateways;

/// <summary>nginx as a careful person sets it up for streams: unbuffered, POSTs may go to the next host. The path says which hosts are meant.</summary>
internal sealed class NginxAdapter : IAdapter
{
    private static readonly Dictionary<string, string> None = [];

    public bool HasCodes => false;

    public string Configuration(HostBench bench, Uri target, string strategy)
    {
        var text = new StringBuilder("daemon off;\npid nginx.pid;\nerror_log stderr;\nevents { }\nhttp {\n    access_log off;\n");
        foreach (var model in HostBench.Models)
        {
            var servers = bench.UrlsOf(model).Select(url => $"server {new Uri(url).Authority} max_fails=0;");
            text.Append(CultureInfo.InvariantCulture, $"    upstream {model} {{ {Method(strategy)}{string.Join(' ', servers)} keepalive 16; }}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $$"""
                server {
                    listen {{target.Authority}};
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_buffering off;
                    proxy_connect_timeout {{Limits.Idle.TotalMilliseconds}}ms;
                    proxy_read_timeout {{Limits.Idle.TotalMilliseconds}}ms;
                    proxy_next_upstream error timeout invalid_header http_403 http_429 http_500 http_502 http_503 http_504 non_idempotent;
                    proxy_next_upstream_tries {{Limits.Retries + 1}};
                    proxy_next_upstream_timeout {{Limits.Total.TotalMilliseconds}}ms;

            """);
        foreach (var model in HostBench.Models)
        {
            text.Append(CultureInfo.InvariantCulture, $"        location /{model}/ {{ proxy_pass http://{model}/; }}\n");
        }

        return text.Append("    }\n}\n").ToString();
    }

    public Route To(HostBench bench, Uri target, string model) => new(target, $"/{model}/v1/chat/completions", model, None);

    public Task ForgetAsync(Uri target) => Task.CompletedTask;

    private static string Method(string strategy) => strategy switch
    {
        "least-loaded" => "least_conn; ",
        "random" => "random; ",
        _ => "",
    };
}
