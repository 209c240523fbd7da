namespace Morgan.AppHost.Deploy;

/// <summary>Values of <c>Morgan:Deploy</c>: for what the application is published.</summary>
internal enum DeployTarget
{
    /// <summary>Azure Container Apps, by azd or the Aspire CLI.</summary>
    Aca,

    /// <summary>A Docker Compose file.</summary>
    Compose,

    /// <summary>A Helm chart for Kubernetes.</summary>
    Kubernetes,
}
