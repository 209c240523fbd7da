using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting;

/// <summary>Healthy once both services take work: the gateway when it has read its configuration, the other when its model has run.</summary>
internal sealed class MorganHealth(MorganResource morgan) : IHealthCheck
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(3) };

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        foreach (var service in (ProjectResource[])[morgan.Gateway, morgan.Embedding])
        {
            try
            {
                var url = await new EndpointReference(service, "http").GetValueAsync(cancellationToken);
                using var response = await Http.GetAsync(new Uri($"{url}/health"), cancellationToken);
                if (!response.IsSuccessStatusCode)
                {
                    return HealthCheckResult.Unhealthy($"/health of {service.Name} answers {(int)response.StatusCode}");
                }
            }
            catch (Exception problem) when (problem is HttpRequestException || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                return HealthCheckResult.Unhealthy($"no answer from {service.Name}: {problem.Message}");
            }
        }

        return HealthCheckResult.Healthy();
    }
}
