using Morgan.EmbeddingService;
using Morgan.ServiceDefaults.Lifetime;

return await ServiceHost.RunAsync(args, EmbeddingApplication.Create);
