import os
def environment(threads):
    t=str(threads)
    return {f"{l}_NUM_THREADS": t for l in ("OMP","MKL","OPENBLAS","NUMEXPR")} | {"CUBLAS_WORKSPACE_CONFIG": ":4096:8","TOKENIZERS_PARALLELISM":"false","MPLBACKEND":"Agg"}
def fix_algorithms():
    import torch
    torch.use_deterministic_algorithms(True, warn_only=True)
def job_environment(source, outer):
    return {"PYTHONPATH": os.pathsep.join(filter(None,[str(source), outer.get("PYTHONPATH","")])), "PYTHONHASHSEED":"0","PYTHONUNBUFFERED":"1"}
