using Morgan.LlmService.Admission;
using Morgan.LlmService.Configuration;
using Morgan.LlmService.Envelope;
using Morgan.LlmService.Metering;
using Morgan.LlmService.Routing;
using Morgan.LlmService.Telemetry;
using Morgan.ServiceDefaults.Configuration;
using Morgan.ServiceDefaults.Lifetime;
using Morgan.Upstreams.Attempts;
using Morgan.Upstreams.Hosts;

namespace Morgan.LlmService;

/// <summary>What the stages of a request share.</summary>
internal sealed record GatewayServices(
    IReloading<LlmOptions> Options,
    HostRegistry Registry,
    UpstreamClient Hosts,
    ModelCatalog Catalog,
    TenantLimits Limits,
    TokenEncodings Encodings,
    HeldMemory Held,
    StreamUsage StreamUsage,
    ResponseOwners ResponseOwners,
    GatewayTelemetry Telemetry,
    Drain Drain,
    TimeProvider Time);
