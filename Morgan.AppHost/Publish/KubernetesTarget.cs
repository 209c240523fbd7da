using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;

namespace Morgan.AppHost.Publish;

/// <summary>Kubernetes: a Helm chart; non-root pods on a read-only file system. Nothing in it is reachable from outside the cluster.</summary>
internal static class KubernetesTarget
{
    private const string Scratch = "scratch";
    private const int KillAfterSeconds = 30;

    public static void Use(IDistributedApplicationBuilder builder)
    {
        builder.AddKubernetesEnvironment("morgan");
        foreach (var service in builder.Resources.OfType<ProjectResource>().Select(builder.CreateResourceBuilder))
        {
            service.WithEnvironment("HF_HOME", "/tmp/huggingface").PublishAsKubernetesService(Shape);
        }
    }

    private static void Shape(KubernetesResource service)
    {
        if (service.Workload?.PodTemplate.Spec is not { } pod)
        {
            return;
        }

        pod.TerminationGracePeriodSeconds = KillAfterSeconds;
        pod.AutomountServiceAccountToken = false;
        pod.SecurityContext = new PodSecurityContextV1 { RunAsNonRoot = true };
        pod.Volumes.Add(new VolumeV1 { Name = Scratch, EmptyDir = new EmptyDirVolumeSourceV1() });
        foreach (var container in pod.Containers)
        {
            container.SecurityContext = new SecurityContextV1
            {
                ReadOnlyRootFilesystem = true,
                AllowPrivilegeEscalation = false,
                Capabilities = new CapabilitiesV1 { Drop = { "ALL" } },
            };
            container.VolumeMounts.Add(new VolumeMountV1 { Name = Scratch, MountPath = "/tmp" });
        }
    }
}
