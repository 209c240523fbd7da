namespace Morgan.Upstreams.Configuration;

/// <summary>One host, or one name behind which service discovery finds several.</summary>
public sealed class HostOptions
{
    /// <summary>A unique name: in logs, metrics, response headers and admin paths.</summary>
    public string Name { get; set; } = "";

    /// <summary>
    /// The address that API paths are appended to, <c>http://gpu1:11434/v1</c>, or <c>https+http://name/v1</c>, resolved by
    /// service discovery (https where it is offered, else http).
    /// </summary>
    public string Url { get; set; } = "";

    /// <summary>The API's dialect, one of <see cref="HostKinds"/> [openai].</summary>
    public string Kind { get; set; } = HostKinds.OpenAi;

    /// <summary>The <c>api-version</c> of an Azure host [none].</summary>
    public string? ApiVersion { get; set; }

    /// <summary><c>entra</c>: a token from Microsoft Entra ID in place of a key (Azure only) [none].</summary>
    public string? Credential { get; set; }

    /// <summary>The key that the host asks for [none].</summary>
    public string? ApiKey { get; set; }

    /// <summary>A file that holds the key, read again when it changes [none]. Not together with <see cref="ApiKey"/>.</summary>
    public string? ApiKeyFile { get; set; }

    /// <summary>A file with certificate and private key (PEM or PKCS#12 without password) shown to the host [none].</summary>
    public string? ClientCertificate { get; set; }

    /// <summary>A PEM file of the authorities trusted for this host, in place of the system's [none].</summary>
    public string? CertificateAuthority { get; set; }

    /// <summary>
    /// Whether the host may have a link-local address, or one of those where clouds have their metadata services, which
    /// hand out credentials [false].
    /// </summary>
    public bool AllowLinkLocal { get; set; }

    /// <summary>Its share under <c>weighted</c>, <c>random</c> and <c>least-loaded</c>, 0.001 to 1000 [1].</summary>
    public double Weight { get; set; } = 1.0;

    /// <summary>Hosts of a higher number are used only when no host of a lower one is usable, 0 to 100 [0].</summary>
    public int Priority { get; set; }

    /// <summary>Whether it gets requests [true].</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Requests in flight at which the host is full, 0 to 100,000; 0: unlimited [0].</summary>
    public int MaxConcurrency { get; set; }

    /// <summary>Public model name → the host's own name; null: the host is asked [null].</summary>
    /// <remarks>
    /// Model names may hold colons, which the configuration binder takes for levels; without a public setter it leaves
    /// the property alone, and the service that binds the options calls <see cref="UseModels"/>.
    /// </remarks>
    public IReadOnlyDictionary<string, string>? Models { get; internal set; }

    /// <summary>Sets <see cref="Models"/>.</summary>
    public void UseModels(IReadOnlyDictionary<string, string> models) => Models = models;
}
