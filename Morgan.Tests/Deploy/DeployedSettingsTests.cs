using System.Text;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Morgan.AppHost.Deploy;

namespace Morgan.Tests.Deploy;

public sealed class DeployedSettingsTests
{
    [Fact]
    public void Of_ThisFilesSections_AreTheVariablesThatTheServicesRead()
    {
        var settings = DeployedSettings.Of(
            Read("""{"Llm": {"Strategy": "latency", "Models": {"llama3.2:latest": ["x"]}, "Hosts": [{"Name": "gpu1", "Url": "http://gpu1/v1"}]}, "Other": {"A": "b"}}"""), "Llm", "Tenants");

        Assert.Equal(
            [
                new("Llm__Hosts__0__Name", "gpu1"), new("Llm__Hosts__0__Url", "http://gpu1/v1"),
                new DeployedSetting("Llm__Models__llama3.2__latest__0", "x"), new("Llm__Strategy", "latency"),
            ],
            settings);
    }

    [Theory]
    [InlineData("""{"Llm": {"Hosts": [{"Name": "Open AI (eu)", "ApiKey": "sk-secret"}]}}""", "host-open-ai-eu-key")]
    [InlineData("""{"Llm": {"Hosts": [{"Name": "openai", "ApiKeyFile": "/run/secrets/openai"}]}}""", "host-openai-key")]
    public void Of_AHostsKey_IsAskedForAndNotTakenAlong(string json, string parameter)
    {
        var setting = Assert.Single(DeployedSettings.Of(Read(json), "Llm"), s => s.SecretParameter is not null);

        Assert.Equal(new DeployedSetting("Llm__Hosts__0__ApiKey", "", parameter), setting);
    }

    [Theory]
    [InlineData("""{"Llm": {"Hosts": [{"Name": "a", "CertificateAuthority": "ca.pem"}]}}""", "Llm:Hosts:0:CertificateAuthority")]
    [InlineData("""{"Llm": {"Models": {"meta/llama": ["x"]}}}""", "Llm:Models:meta/llama")]
    public void Of_WhatCannotBeDeployed_NamesTheKey(string json, string key)
    {
        var refusal = Assert.Throws<DistributedApplicationException>(() => DeployedSettings.Of(Read(json), "Llm"));

        Assert.StartsWith(key, refusal.Message, StringComparison.Ordinal);
    }

    private static IConfiguration Read(string json) =>
        new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build();
}
