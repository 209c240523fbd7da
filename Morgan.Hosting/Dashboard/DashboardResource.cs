using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Logging;
using Morgan.Hosting.Running;

namespace Morgan.Hosting.Dashboard;

/// <summary>The dashboard: a process like the others, which is not in its own list.</summary>
internal sealed class DashboardResource : Resource, IResourceWithEndpoints, IResourceWithEnvironment
{
    private static readonly TimeSpan AnswerDeadline = TimeSpan.FromMinutes(3);
    public DashboardResource(string program, DashboardSettings settings, string resourceServiceUrl)
        : base("aspire-dashboard")
    {
        (Program, Settings, ResourceServiceUrl) = (program, settings, resourceServiceUrl);
        var (web, otlp) = (new EndpointAnnotation("http") { UriScheme = "http", Port = settings.Port }, new EndpointAnnotation("otlp") { UriScheme = "http", Port = settings.OtlpPort });
        Annotations.Add(web);
        Annotations.Add(otlp);
        var guarded = settings.Anonymous ? "Unsecured" : "ApiKey";
        Set("ASPNETCORE_ENVIRONMENT", "Production");
        Set("ASPNETCORE_URLS", $"http://localhost:{ProcessEnvironment.OwnPort(this, web)}");
        Set("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", $"http://localhost:{ProcessEnvironment.OwnPort(this, otlp)}");
        Set("ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", resourceServiceUrl);
        Set("ASPIRE_DASHBOARD_API_ENABLED", "true");
        Set("ASPIRE_CLI_TELEMETRY_OPTOUT", "1");
        Set("DASHBOARD__FRONTEND__AUTHMODE", settings.Anonymous ? "Unsecured" : "BrowserToken");
        Set("DASHBOARD__FRONTEND__BROWSERTOKEN", settings.BrowserToken);
        Set("DASHBOARD__OTLP__AUTHMODE", guarded);
        Set("DASHBOARD__OTLP__PRIMARYAPIKEY", settings.OtlpKey);
        Set("DASHBOARD__API__AUTHMODE", guarded);
        Set("DASHBOARD__API__PRIMARYAPIKEY", settings.ApiKey);
        Set("DASHBOARD__RESOURCESERVICECLIENT__AUTHMODE", "ApiKey");
        Set("DASHBOARD__RESOURCESERVICECLIENT__APIKEY", settings.ResourceKey);
    }

    /// <summary>The program that holds the dashboard.</summary>
    public string Program { get; }

    /// <summary>Where telemetry goes.</summary>
    public EndpointReference Otlp => new(this, "otlp");

    /// <summary>Where people look at it.</summary>
    public EndpointReference Web => new(this, "http");

    /// <summary>Where it gets the resource list.</summary>
    public string ResourceServiceUrl { get; }

    /// <summary>Its ports and keys.</summary>
    public DashboardSettings Settings { get; }

    /// <summary>Says where the dashboard is, once it answers.</summary>
    public async Task AnnounceAsync(ILogger logger, CancellationToken cancellationToken)
    {
        var url = Web.Url;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(AnswerDeadline);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });
        try
        {
            while (!await AnswersAsync(http, url, deadline.Token))
            {
                await Task.Delay(250, deadline.Token);
            }

            Log.DashboardListens(logger, url);
            Log.DashboardLogin(logger, Settings.Anonymous ? url : $"{url}/login?t={Settings.BrowserToken}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Log.DashboardSilent(logger, url);
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient http, string url, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return (int)response.StatusCode < 500;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private void Set(string name, string value) => Annotations.Add(new EnvironmentAnnotation(name, value));
}
