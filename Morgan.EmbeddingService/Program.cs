using Morgan.EmbeddingService;
using Morgan.EmbeddingService.Inference;
using Morgan.ServiceDefaults.Lifetime;

NativeHeap.LimitArenas();
return await ServiceHost.RunAsync(args, EmbeddingApplication.Create);
